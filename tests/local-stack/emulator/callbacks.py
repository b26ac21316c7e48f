"""States that wait for a task token.

On AWS the failure of the function that takes the token fails the state, its time runs from the moment when the function is
called, and every try has a token of its own. ministack swallows the failure, so that the state waits on, counts the time
from the function's end, and gives all tries one token.
"""

import contextvars
import threading

from ministack.services import stepfunctions


def install():
    invoke_with_callback = stepfunctions._invoke_with_callback
    evaluate = stepfunctions._apply_jsonata_arguments

    def invoke(resource, input_data, token, state_def):
        if "states:::lambda:invoke" not in resource:
            return invoke_with_callback(resource, input_data, token, state_def)
        return _invoke_function(input_data, token, state_def.get("TimeoutSeconds", 99_999_999))

    def evaluate_with_token(state_def, raw_input, ctx=None):
        if ".waitForTaskToken" in state_def.get("Resource", ""):
            ctx["Task"] = {"Token": stepfunctions.new_uuid()}
        return evaluate(state_def, raw_input, ctx)

    stepfunctions._invoke_with_callback = invoke
    stepfunctions._apply_jsonata_arguments = evaluate_with_token


def _invoke_function(input_data, token, timeout):
    function = stepfunctions._resolve_lambda_function_ref(input_data.get("FunctionName", ""), optimized=True)
    ended = threading.Event()
    task = {"event": ended, "result": None, "error": None, "heartbeat": None}

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
