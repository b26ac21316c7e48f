"""IAM for what the emulator cannot judge by itself.

EC2 is played elsewhere, so its resources and their tags are known there: `POST /_permissions` judges one action on one
resource by the caller's role, with the condition keys that are given. `POST /_permissions/session` hands out the session
of a function's role, so that tests can try what it must not do. The emulator's own evaluation does not know
`events:source` and `events:detail-type` of PutEvents, nor `dynamodb:LeadingKeys` of what names or puts one item, and makes a
secret with tags without secretsmanager:TagResource.
"""

import contextvars
import json

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, responses, router
from ministack.services import dynamodb, lambda_svc

_entries = contextvars.ContextVar("entries", default=({},))
_item = contextvars.ContextVar("item", default={})


def install():
    app.app = _serving(app.app)
    _judge_more()


def _serving(inner):
    answers = {"/_permissions": _judgement, "/_permissions/session": _session}

    async def serve(scope, receive, send):
        if scope["type"] != "http" or scope["path"] not in answers:
            return await inner(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        answer = json.dumps(answers[scope["path"]](json.loads(body))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    return serve


def _session(question):
    """The credentials of the function with this name."""
    return lambda_runtime.execution_credentials(lambda_svc._functions[question["function"]]["config"])


def _judgement(question):
    return {"refusal": _refusal(question)}


def _refusal(question):
    """What AWS would say against the action, or None. A key that IAM does not know is some test's, unless it is a session's."""
    key = router.extract_access_key_id({"authorization": question["authorization"]}, {})
    responses.set_request_account_id(app._request_account_scope(key))
    action, region, resource = question["action"], question["region"], question["resource"]
    if resource != "*":
        resource = f"arn:aws:ec2:{region}:{responses.get_account_id()}:{resource}"
    denied = iam_evaluator.enforce(key, action, "ec2", region, resource, question["context"])
    if isinstance(denied, iam_evaluator.AuthError):
        return denied.message if key.startswith("ASIA") else None
    if denied is None:
        return None
    return iam_actions.identity_denial_message(action, denied.principal_arn, resource, denied.decision == "Deny")


def _judge_more():
    """Gives the evaluation the keys of each entry of PutEvents and of an item, and has a secret's tags judged too."""
    enforce, buses, tables = (
        iam_evaluator.enforce,
        iam_actions.eventbridge_resource_arns,
        iam_actions.dynamodb_resource_arns,
    )

    def noting_entries(body, region, account):
        found = buses(body, region, account)
        _entries.set(json.loads(body)["Entries"] if found else [{}])
        return found

    def noting_item(body, region, account):
        call = json.loads(body)
        named = call.get("Key", call.get("Item", {})).get(_partition_key(call.get("TableName")))
        _item.set({"dynamodb:LeadingKeys": list(named.values())} if named else {})
        return tables(body, region, account)

    def judge(key, action, service, region, resource_arn="*", service_context=None):
        keys = [{}]
        if action == "events:PutEvents":
            names = {"events:source": "Source", "events:detail-type": "DetailType"}
            keys = [{name: entry.get(field) for name, field in names.items()} for entry in _entries.get()]
        if service == "dynamodb":
            keys = [_item.get()]
        actions = [action]
        if action == "secretsmanager:CreateSecret" and "aws:TagKeys" in (service_context or {}):
            actions.append("secretsmanager:TagResource")
        refusals = (
            enforce(key, action, service, region, resource_arn, {**(service_context or {}), **more})
            for action in actions
            for more in keys
        )
        return next((refusal for refusal in refusals if refusal is not None), None)

    iam_actions.eventbridge_resource_arns = noting_entries
    iam_actions.dynamodb_resource_arns = noting_item
    iam_evaluator.enforce = judge


def _partition_key(table):
    return dynamodb._tables.get(table, {}).get("pk_name")
