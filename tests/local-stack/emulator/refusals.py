"""How a state sees that Lambda itself refused an invocation.

AWS names the error `Lambda.` and the exception, such as `Lambda.TooManyRequestsException`. ministack names every refusal
`Lambda.Unknown`.
"""

import json

from ministack.services import stepfunctions


def install():
    call = stepfunctions._call_lambda

    def call_naming_refusals(func_ref, event):
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            refusal = _refusal(error.cause)
            if refusal is None:
                raise
            raise stepfunctions._ExecutionError(f"Lambda.{refusal['__type']}", refusal["message"]) from None

    stepfunctions._call_lambda = call_naming_refusals


def _refusal(cause):
    """A function's own failure has an `errorType` instead."""
    try:
        body = json.loads(cause)
    except ValueError:
        return None
    return body if isinstance(body, dict) and "__type" in body and "errorType" not in body else None
