"""Who calls.

AWS hands every invocation a trace id, which the SDK sends on with every call of the function. Here the trace id says
who calls: the function, and the state and the execution that invoke it. ministack makes one of numbers only, and none
at all without active tracing.
"""

import contextvars
import re
import secrets
import time
from urllib.parse import quote

from ministack.services import lambda_svc, stepfunctions

# The state that is running, as fields of a trace id.
_state = contextvars.ContextVar("state", default="")
_execution = contextvars.ContextVar("execution", default=None)


def install():
    execute_task = stepfunctions._execute_task

    def execute_named(state_def, raw_input, execution, ctx):
        fields = {"State": ctx["State"]["Name"], "Execution": ctx["Execution"]["Name"]}
        _state.set("".join(f";{name}={_field(value)}" for name, value in fields.items()))
        _execution.set(execution)
        try:
            return execute_task(state_def, raw_input, execution, ctx)
        finally:
            _state.set("")
            _execution.set(None)

    stepfunctions._execute_task = execute_named
    lambda_svc._xray_trace_id_for_invocation = _trace_id


def function(config):
    """The function's short name: that of its binary, as the template's logical names are made of those."""
    name = config.get("FunctionName", "")
    logical = re.fullmatch(r".+-(\w+)Function-\w+", name)
    return re.sub(r"(?<!^)(?=[A-Z])", "-", logical[1]).lower() if logical else name


def label(config):
    """Who calls, without the numbers."""
    return f"Function={_field(function(config))}{_state.get()}"


def state():
    """The state that is running, or nothing."""
    return _state.get().lstrip(";")


def execution():
    """The execution whose state is running, or None."""
    return _execution.get()


def _trace_id(config, inbound_trace_header=None):
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};{label(config)}"


def _field(value):
    """A field of a trace id, which is a header: states may have any name."""
    return quote(value, safe=" :?,'()/")
