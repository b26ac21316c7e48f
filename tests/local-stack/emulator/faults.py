"""Faults inside the emulator, where no proxy reaches: `/_faults` holds those that wait for their calls.

tests/README.md says which there are. `functions.py`, `inside.py` and `timeouts.py` make them happen.
"""

import dataclasses
import itertools
import json
import re
import threading

from ministack import app

KINDS = {
    "lambda": ("killed", "killed-after", "out-of-memory", "inactive", "twice", "cold"),
    "inside": ("throttled", "broken", "denied", "cut-after"),
    "pause": ("unscaled",),
}


@dataclasses.dataclass
class Fault:
    """One that waits. Absent `times` last until it is cleared."""

    service: str
    action: str
    fault: str
    times: int | None = None
    skip: int = 0
    where: str = ""
    # How long a function runs until it is killed.
    seconds: float = 0.05
    # The error that is seen instead of the usual one.
    code: str = ""
    seen: int = dataclasses.field(default=0, init=False)
    met: int = dataclasses.field(default=0, init=False)

    @property
    def left(self):
        """How often it will still be met; None is no end."""
        return None if self.times is None else self.times - self.met

    def __post_init__(self):
        if self.service not in KINDS:
            raise ValueError(f"service is one of {', '.join(KINDS)}")
        if self.fault not in KINDS[self.service]:
            raise ValueError(f"fault of {self.service} is one of {', '.join(KINDS[self.service])}")
        if type(self.skip) is not int or self.skip < 0:
            raise ValueError("skip is a whole number of 0 and more")
        if self.times is not None and (type(self.times) is not int or self.times < 1):
            raise ValueError("times is a whole number of 1 and more; without it, the fault stays until it is taken back")
        if type(self.seconds) not in (int, float) or self.seconds < 0:
            raise ValueError("seconds is a number of 0 and more")
        if any(type(it) is not str for it in (self.action, self.where, self.code)):
            raise ValueError("action, where and code are texts")


_waiting = {}
_ids = itertools.count(1)
_lock = threading.Lock()


def install():
    app.app = _serving(app.app)


def take(service, action, label, content):
    """The fault that meets this call, if one waits for it. `where` may stand in the label or in the content."""
    text = f"{label}\n{json.dumps(content, ensure_ascii=False)}"
    met = None
    with _lock:
        # All that fit count the call, so that none depends on the others.
        for fault in _waiting.values():
            if fault.service == service and fault.action in (action, "*") and fault.where in text:
                fault.seen += 1
                if met is None and fault.seen > fault.skip and fault.left != 0:
                    fault.met += 1
                    met = fault
    return met


def _serving(inner):
    async def serve(scope, receive, send):
        path = re.fullmatch(r"/_faults(?:/(\d+))?", scope["path"]) if scope["type"] == "http" else None
        if path is None:
            return await inner(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, answer = _control(scope["method"], path[1] and int(path[1]), body)
        headers = [(b"content-type", b"application/json")] if answer is not None else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if answer is None else json.dumps(answer).encode()})

    return serve


def _control(method, known, body):
    with _lock:
        if method == "POST" and known is None:
            try:
                fault = Fault(**json.loads(body))
            except (TypeError, ValueError) as error:
                return 422, {"error": str(error)}
            number = next(_ids)
            _waiting[number] = fault
            return 201, {"id": number}
        if method == "GET" and known is None:
            listed = _waiting.items()
            return 200, [{"id": number, **dataclasses.asdict(fault), "left": fault.left} for number, fault in listed]
        if method == "DELETE" and known is None:
            _waiting.clear()
            return 204, None
        if method == "DELETE" and _waiting.pop(known, None):
            return 204, None
        return 404, {"error": "there is nothing of this kind"}
