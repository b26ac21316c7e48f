"""Reserved concurrency.

AWS refuses invocations of a function beyond its `ReservedConcurrentExecutions`, whichever version they are of.
ministack drops the number when a template is deployed, and looks for it at the version, which has none.

Other pauses between tries can be scaled, but not the work for which a refused state waits. So the pauses after such a
refusal are as long as on AWS, with the full jitter that ministack leaves out.
"""

import contextvars
import random
import time

from ministack.services import lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

# Whether the state in this context was refused.
_refused = contextvars.ContextVar("refused", default=False)


def install():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def create_reserving(logical_id, props, stack_name):
        return _reserve(create(logical_id, props, stack_name), props)

    def update_reserving(physical_id, old_props, new_props, stack_name, logical_id=None):
        return _reserve(update(physical_id, old_props, new_props, stack_name, logical_id), new_props)

    handlers.update(create=create_reserving, update=update_reserving)
    lambda_svc._reserved_concurrency = _reserved
    _pause_unscaled()


def _reserve(made, props):
    reserved = props.get("ReservedConcurrentExecutions")
    lambda_svc._functions[made[0]]["concurrency"] = None if reserved is None else int(reserved)
    return made


def _reserved(func, config):
    return (lambda_svc._functions.get(config["FunctionName"]) or {}).get("concurrency")


def _pause_unscaled():
    find, sleep = stepfunctions._find_matching_retrier, stepfunctions._scaled_sleep

    def find_matching(retriers, error, retry_counts):
        found = find(retriers, error, retry_counts)
        _refused.set(error == "Lambda.TooManyRequestsException" and bool(found[0]))
        return found

    def sleep_scaled_or_not(seconds):
        if _refused.get():
            _refused.set(False)
            time.sleep(random.uniform(0, seconds))
        else:
            sleep(seconds)

    stepfunctions._find_matching_retrier = find_matching
    stepfunctions._scaled_sleep = sleep_scaled_or_not
