"""States that wait for a task token.

On AWS the failure of the function that takes the token fails the state, its time runs from the moment when the
function is called, every try has a token of its own, and none is taken once its execution was stopped. ministack
swallows the failure, so that the state waits on, counts the time from the function's end, gives all tries one token, and
takes it for as long as the state could have waited.
"""

import contextvars
import threading

import callers
from ministack.services import stepfunctions


def install():
    invoke_with_callback = stepfunctions._invoke_with_callback
    evaluate, stop = stepfunctions._apply_jsonata_arguments, stepfunctions._stop_execution

    def invoke(resource, input_data, token, state_def):
        if "states:::lambda:invoke" not in resource:
            return invoke_with_callback(resource, input_data, token, state_def)
        return _invoke_function(input_data, token, state_def.get("TimeoutSeconds", 99_999_999))

    def evaluate_with_token(state_def, raw_input, ctx=None):
        if ".waitForTaskToken" in state_def.get("Resource", ""):
            ctx["Task"] = {"Token": stepfunctions.new_uuid()}
        return evaluate(state_def, raw_input, ctx)

    def stop_waiting(data):
        answer = stop(data)
        if answer[0] == 200:
            for token, task in list(stepfunctions._task_tokens.items()):
                if task.get("execution") == data["executionArn"]:
                    stepfunctions._task_tokens.pop(token, None)
                    task["error"] = {"Error": "States.TaskFailed", "Cause": "The execution was stopped."}
                    task["event"].set()
        return answer

    stepfunctions._invoke_with_callback = invoke
    stepfunctions._apply_jsonata_arguments = evaluate_with_token
    stepfunctions._stop_execution = stop_waiting


def _invoke_function(input_data, token, timeout):
    function = stepfunctions._resolve_lambda_function_ref(input_data.get("FunctionName", ""), optimized=True)
    ended = threading.Event()
    execution = callers.execution()["executionArn"]
    task = {"event": ended, "result": None, "error": None, "heartbeat": None, "execution": execution}

    def call():
        try:
            stepfunctions._call_lambda(function, input_data.get("Payload", input_data))
        except stepfunctions._ExecutionError as error:
            # An answer that came first counts.
            if not ended.is_set():
                task["error"] = {"Error": error.error, "Cause": error.cause}
                ended.set()

    stepfunctions._task_tokens[token] = task
    threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True).start()
    try:
        in_time = ended.wait(timeout)
    finally:
        stepfunctions._task_tokens.pop(token, None)
    if not in_time:
        raise stepfunctions._ExecutionError("States.Timeout", "")
    if task["error"]:
        raise stepfunctions._ExecutionError(task["error"]["Error"], task["error"]["Cause"])
    return stepfunctions.json.loads(task["result"])
