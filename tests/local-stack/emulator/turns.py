"""Turns.

AWS has a machine for each invocation. One small machine has not: some hundreds at once keep each other from ending in
time. With `FUNCTIONS_AT_ONCE` only so many run at once, and the others wait for their turn, which takes nothing of the
functions' own time; a state's time goes on.
"""

import os
import threading

from ministack.services import lambda_svc


def install():
    at_once = os.environ.get("FUNCTIONS_AT_ONCE")
    if at_once is None:
        return
    turns = threading.BoundedSemaphore(int(at_once))
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_in_turn(func, config, event, request_id, started):
        with turns:
            return dispatch(func, config, event, request_id, started)

    lambda_svc._execute_function_dispatch = dispatch_in_turn
