"""Faults of what Step Functions calls by itself: `"service": "inside"` of `/_faults`.

Integrations such as `events:putEvents` run inside of ministack. A task that fails shows the name that AWS gives it: the
integration's and that of its client's exception. Those that wait for a token are not met. One that waits for the end of
what it starts fails as soon as that has begun.
"""

import callers
import faults
from ministack.services import stepfunctions

_EXCEPTIONS = {
    "dynamodb": "DynamoDB.AmazonDynamoDBException",
    "events": "EventBridge.AmazonEventBridgeException",
    "sns": "SNS.AmazonSNSException",
    "sqs": "SQS.AmazonSQSException",
    "states": "StepFunctions.AWSStepFunctionsException",
}
_CAUSES = {
    "throttled": "Rate exceeded (Status Code: 400; Error Code: ThrottlingException)",
    "broken": "Internal failure (Status Code: 500; Error Code: InternalFailure)",
    "denied": "The role is not authorized (Status Code: 400; Error Code: AccessDeniedException)",
    "cut-after": "Unable to execute HTTP request: the connection was reset",
}


def install():
    invoke = stepfunctions._invoke_resource

    def invoke_with_faults(resource, input_data):
        service, _, action = resource.removeprefix("arn:aws:states:::").partition(":")
        if service not in _EXCEPTIONS:
            return invoke(resource, input_data)
        fault = faults.take("inside", f"{service}:{action.split('.')[0]}", callers.state(), input_data)
        if fault is None:
            return invoke(resource, input_data)
        error = _EXCEPTIONS[service]
        if fault.fault == "cut-after":
            invoke(resource.split(".")[0], input_data)
            error = f"{error.split('.')[0]}.SdkClientException"
        raise stepfunctions._ExecutionError(error, _CAUSES[fault.fault])

    stepfunctions._invoke_resource = invoke_with_faults
