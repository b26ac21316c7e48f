"""EventBridge's events for functions.

On AWS they go through Lambda's own queue: a function that fails is tried again, as its event invoke configuration says,
and then the event goes to its destination for failures. ministack calls the function once and forgets the event. Its
queue, which it has for other callers, tries again after 1 s and 2 s, where AWS waits minutes.
"""

import contextvars
import json

from ministack.services import eventbridge, lambda_svc


def install():
    eventbridge._dispatch_to_lambda = _deliver


def _deliver(arn, payload):
    record, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not record:
        return
    base, _, _ = lambda_svc._get_base_func_record_for_ref(arn)
    _, qualifier = lambda_svc._resolve_name_and_qualifier(arn)
    settings = lambda_svc._event_invoke_config(base, qualifier)
    function = {**record, "config": config, "event_invoke_config": settings}
    # Not in the context of the state that put the event: it does not call the function.
    contextvars.Context().run(lambda_svc.invoke_async_with_retry, function, json.loads(payload))
