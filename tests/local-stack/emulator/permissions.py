"""IAM for what the emulator cannot judge by itself.

EC2 is played elsewhere, so its resources and their tags are known there: `POST /_permissions` judges one action on one
resource by the caller's role, with the condition keys that are given. `events:source` and `events:detail-type` of
PutEvents are keys that the emulator's own evaluation does not know.
"""

import contextvars
import json

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses, router

_entries = contextvars.ContextVar("entries", default=({},))


def install():
    app.app = _serving(app.app)
    _judge_events()


def _serving(inner):
    async def serve(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/_permissions":
            return await inner(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        answer = json.dumps({"refusal": _refusal(json.loads(body))}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    return serve


def _refusal(question):
    """What AWS would say against the action, or None."""
    headers = {"authorization": question["authorization"]}
    key = router.extract_access_key_id(headers, {})
    responses.set_request_account_id(app._request_account_scope(key))
    action, resource = question["action"], question["resource"]
    denied = iam_evaluator.enforce(key, action, "ec2", question["region"], resource, question["context"])
    if denied is None:
        return None
    if isinstance(denied, iam_evaluator.AuthError):
        return denied.message
    return iam_actions.identity_denial_message(action, denied.principal_arn, resource, denied.decision == "Deny")


def _judge_events():
    """Gives the evaluation the keys of each entry of PutEvents."""
    enforce, buses = iam_evaluator.enforce, iam_actions.eventbridge_resource_arns

    def noting_entries(body, region, account):
        found = buses(body, region, account)
        _entries.set(json.loads(body)["Entries"] if found else [{}])
        return found

    def with_entries(key, action, service, region, resource_arn="*", service_context=None):
        keys = [{}]
        if action == "events:PutEvents":
            names = {"events:source": "Source", "events:detail-type": "DetailType"}
            keys = [{name: entry.get(field) for name, field in names.items()} for entry in _entries.get()]
        refusals = (enforce(key, action, service, region, resource_arn, {**(service_context or {}), **it}) for it in keys)
        return next((refusal for refusal in refusals if refusal is not None), None)

    iam_actions.eventbridge_resource_arns = noting_entries
    iam_evaluator.enforce = with_entries
