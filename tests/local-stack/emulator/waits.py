"""Short waits.

`SFN_WAIT_SCALE` shortens what a state waits, but not the work of a function for which it waits. So waits of less than ten
seconds are as long as on AWS; a definition that waits so shortly comes back to see whether somebody is done.
"""

import contextvars
import time

from ministack.services import stepfunctions

_SHORT = 10

# Whether a Wait state is what sleeps in this context.
_waits = contextvars.ContextVar("waits", default=False)


def install():
    execute_wait, sleep = stepfunctions._execute_wait, stepfunctions._scaled_sleep

    def execute(state_def, raw_input, ctx=None):
        token = _waits.set(True)
        try:
            return execute_wait(state_def, raw_input, ctx)
        finally:
            _waits.reset(token)

    def sleep_scaled_or_not(seconds):
        if _waits.get() and seconds < _SHORT:
            time.sleep(seconds)
        else:
            sleep(seconds)

    stepfunctions._execute_wait = execute
    stepfunctions._scaled_sleep = sleep_scaled_or_not
