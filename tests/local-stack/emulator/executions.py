"""Executions and their names.

AWS answers the running execution when one of the same name and input is started again, and refuses a name that is
taken otherwise; ministack refuses always, but for children whose end is waited for (`startExecution.sync`): these
overwrite the older execution, and send no events of their status. A child that fails is `States.TaskFailed` on AWS,
with its description as the cause; here its own error.

And what has ended on AWS stays as it ended: nothing of it is tried again, and a child that it waits for is stopped with
it, at best effort. ministack turns an execution that was stopped into a failed one when the task at which it stood has
failed as often as it may, and its child goes on.

Nor does any Retry or Catch on AWS match States.Runtime and States.DataLimitExceeded, States.ALL included: these always
end the execution. ministack takes them for any other error.
"""

import json
import threading
import time

import callers
from ministack.services import stepfunctions

_starting = threading.Lock()
# What ends an execution whatever its definition says.
_TERMINAL = ("States.DataLimitExceeded", "States.Runtime")


def install():
    start, fail = stepfunctions._start_execution, stepfunctions._fail_execution
    retrier, catcher = stepfunctions._find_matching_retrier, stepfunctions._find_matching_catcher

    def start_once(data):
        machine = stepfunctions._state_machines.get(data.get("stateMachineArn"))
        with _starting:
            running = machine and _execution(machine, data.get("name"))
            if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):
                answer = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
                return stepfunctions.json_response(answer)
            return start(data)

    def fail_if_running(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    def retrier_if_any(retriers, error, counts):
        return retrier(retriers, error, counts) if _can_go_on(error) else (None, -1)

    def catcher_if_any(catchers, error):
        return catcher(catchers, error) if _can_go_on(error) else None

    stepfunctions._start_execution = start_once
    stepfunctions._fail_execution = fail_if_running
    stepfunctions._find_matching_retrier = retrier_if_any
    stepfunctions._find_matching_catcher = catcher_if_any
    stepfunctions._invoke_nested_start_execution = _start_child
    stepfunctions._invoke_nested_start_execution_sync = _run_child


def _can_go_on(error):
    return error not in _TERMINAL and _is_running(callers.execution())


def _is_running(execution):
    return execution is None or execution["status"] == "RUNNING"


def _execution(machine, name):
    arn = machine["stateMachineArn"].replace(":stateMachine:", ":execution:")
    return stepfunctions._executions.get(f"{arn}:{name}")


def _start_child(resource, input_data):
    status, _, body = stepfunctions._start_execution(stepfunctions._nested_start_execution_request(input_data))
    answer = json.loads(body)
    if status >= 400:
        raise stepfunctions._ExecutionError(f"StepFunctions.{answer['__type']}Exception", answer["message"])
    return {"ExecutionArn": answer["executionArn"], "StartDate": answer["startDate"]}


def _run_child(resource, input_data):
    child = stepfunctions._executions[_start_child(resource, input_data)["ExecutionArn"]]
    parent = callers.execution()
    while child["status"] == "RUNNING":
        if not _is_running(parent):
            stepfunctions._stop_execution({"executionArn": child["executionArn"]})
        time.sleep(0.02)
    _, _, body = stepfunctions._describe_execution({"executionArn": child["executionArn"]})
    described = {name[0].upper() + name[1:]: value for name, value in json.loads(body).items()}
    if resource.endswith(":2"):
        described["Input"] = json.loads(described["Input"])
        described["Output"] = json.loads(described["Output"] or "null")
    if child["status"] != "SUCCEEDED":
        # ministack's own copy of error and cause.
        del described["Output"]
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(described))
    return described
