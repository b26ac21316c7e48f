"""How a state sees that Lambda itself refused or lost an invocation.

AWS names the error of a refusal `Lambda.` and the exception, such as `Lambda.TooManyRequestsException`; ministack names
every refusal `Lambda.Unknown`. That is a failure without a type, whose cause is a sentence on AWS.
"""

import json

from ministack.services import stepfunctions

_UNKNOWN = "The cause could not be determined because Lambda did not return an error type. Returned payload: "


def install():
    call = stepfunctions._call_lambda

    def call_naming_refusals(func_ref, event):
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            if error.error != "Lambda.Unknown":
                raise
            raise _named(error.cause) from None

    stepfunctions._call_lambda = call_naming_refusals


def _named(cause):
    try:
        body = json.loads(cause)
    except ValueError:
        body = None
    if isinstance(body, dict) and "__type" in body:
        return stepfunctions._ExecutionError(f"Lambda.{body['__type']}", body["message"])
    return stepfunctions._ExecutionError("Lambda.Unknown", _UNKNOWN + cause)
