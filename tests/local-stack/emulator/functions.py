"""Faults of functions: `"service": "lambda"` of `/_faults`, with the names that AWS gives them.

A function that is killed is gone in the middle of its work: what it has called is done, its answer is lost, and its
next invocation starts it anew.
"""

import contextvars
import queue
import threading
import time

import callers
import faults
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# The fault that the invocation in this context meets.
_doom = contextvars.ContextVar("doom", default=None)
# Set where the invocation in this context gets a process of its own.
_cold = contextvars.ContextVar("cold", default=None)
_second = contextvars.ContextVar("second", default=False)


def install():
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_with_faults(func, config, event, request_id, started):
        def run():
            return dispatch(func, config, event, request_id, started)

        if _second.get():
            return run()
        fault = faults.take("lambda", callers.function(config), callers.label(config), event)
        if fault is None:
            return run()
        if fault.fault == "inactive":
            message = "The function is inactive and becomes ready again."
            refusal = {"__type": fault.code or "ResourceNotReadyException", "message": message}
            return {"error": True, "body": refusal, "log": ""}
        if fault.fault == "twice":
            return _twice(run, func, event)
        meets = _cold if fault.fault == "cold" else _doom
        meets.set(fault)
        try:
            return run()
        finally:
            meets.set(None)

    lambda_svc._execute_function_dispatch = dispatch_with_faults
    _make_workers_mortal()
    _let_them_be_new()


def _twice(run, func, event):
    """Both run at once, and the first answer counts. One that finds no place beside the other is nothing."""
    answers = queue.Queue()

    def second():
        _second.set(True)
        answer = lambda_svc._execute_function(func, event)
        if not answer.get("throttle"):
            answers.put(answer)

    for invocation in (lambda: answers.put(run()), second):
        threading.Thread(target=contextvars.copy_context().run, args=(invocation,), daemon=True).start()
    return answers.get()


def _let_them_be_new():
    acquire = lambda_svc.acquire_worker

    def acquire_new(func_name, config, code_zip, qualifier="$LATEST", max_concurrency=None):
        if _cold.get() is None:
            return acquire(func_name, config, code_zip, qualifier, max_concurrency)
        worker = lambda_runtime._worker_class_for(config)(func_name, config, code_zip)
        worker.in_use, worker.last_used = True, time.time()
        with lambda_runtime._lock:
            key = lambda_runtime._worker_key(func_name, config, qualifier)
            lambda_runtime._workers.setdefault(key, []).append(worker)
        return worker, "spawn"

    lambda_svc.acquire_worker = acquire_new


def _make_workers_mortal():
    worker = lambda_runtime.ProvidedWorker
    invoke, record_result, build = worker.invoke, worker._record_result, worker._build_handler_class

    def invoke_mortal(self, event, request_id, **context):
        # A worker is leased to one invocation at a time.
        self.doom = _doom.get()
        answer = invoke(self, event, request_id, **context)
        if self.doom and answer.get("error_payload", {}).get("errorType") == "Runtime.ExitError":
            usual = "Runtime.OutOfMemory" if self.doom.fault == "out-of-memory" else "Runtime.ExitError"
            error = self.doom.code or usual
            payload = {"errorMessage": f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"}
            # A failure without a type is the unknown one.
            answer["error_payload"] = payload if error == "Lambda.Unknown" else {"errorType": error, **payload}
        return answer

    def record_or_lose(self, generation, request_id, kind, payload):
        if self.doom and generation == self._generation:
            _kill(self, request_id)
            return False
        return record_result(self, generation, request_id, kind, payload)

    def build_noticing(self, generation, pending):
        class Noticing(build(self, generation, pending)):
            def do_GET(handler):
                super().do_GET()
                # The event is with the function now.
                request_id = self._current_request_id
                if self.doom and request_id and self.doom.fault != "killed-after":
                    threading.Timer(self.doom.seconds, _kill, (self, request_id)).start()

        return Noticing

    worker.doom = None
    worker.invoke = invoke_mortal
    worker._record_result = record_or_lose
    worker._build_handler_class = build_noticing


def _kill(worker, request_id):
    with worker._state_lock:
        process = worker._proc if worker._current_request_id == request_id else None
    if process is not None:
        process.kill()
