"""How long states and functions may run.

AWS takes `TimeoutSeconds` as an expression too; ministack takes plain numbers only. Here the time that states and
functions have is scaled by `SFN_TIMEOUT_SCALE`, 1 unless said, as `SFN_WAIT_SCALE` scales what they wait. A state that `SFN_PAUSES`
names, separated by commas, waits for a callback that comes to end a pause early: what it waits is scaled as any other wait,
unless a fault with `"service": "pause"` and the state's name as `action` meets it: then it is as long as on AWS.
"""

import os

import faults
from ministack.core import lambda_runtime
from ministack.services import stepfunctions

_SCALE = float(os.environ.get("SFN_TIMEOUT_SCALE", "1"))
_WAIT_SCALE = float(os.environ.get("SFN_WAIT_SCALE", "1"))
_PAUSES = os.environ.get("SFN_PAUSES", "").split(",")


def install():
    _of_states()
    _of_functions()


def _of_states():
    execute_task = stepfunctions._execute_task

    def execute_in_time(state_def, raw_input, execution, ctx):
        if "TimeoutSeconds" in state_def:
            seconds = stepfunctions._jsonata_state_field(state_def, "TimeoutSeconds", "number", raw_input, ctx)
            state_def = {**state_def, "TimeoutSeconds": seconds * _scale(ctx)}
        return execute_task(state_def, raw_input, execution, ctx)

    stepfunctions._execute_task = execute_in_time


def _scale(ctx):
    name = ctx["State"]["Name"]
    if name not in _PAUSES:
        return _SCALE
    label = f"State={name};Execution={ctx['Execution']['Name']}"
    return _WAIT_SCALE if faults.take("pause", name, label, None) is None else 1


def _of_functions():
    invoke = lambda_runtime.ProvidedWorker.invoke

    def invoke_in_time(self, event, request_id, **context):
        config = self.config
        self.config = {**config, "Timeout": config["Timeout"] * _SCALE}
        try:
            answer = invoke(self, event, request_id, **context)
        finally:
            self.config = config
        if answer.get("error_payload", {}).get("errorType") == "Sandbox.Timedout":
            message = f"RequestId: {request_id} Error: Task timed out after {config['Timeout']}.00 seconds"
            answer["error_payload"] = {"errorType": "Sandbox.Timedout", "errorMessage": message}
        return answer

    lambda_runtime.ProvidedWorker.invoke = invoke_in_time
