"""Reserved concurrency.

AWS refuses invocations of a function beyond its `ReservedConcurrentExecutions`, whichever version they are of. ministack
drops the number when a template is deployed, and looks for it at the version, which has none.

Pauses between tries can be scaled here, but not the work for which a refused state waits. So the pauses after such a
refusal are the least scaled ones that ministack knows.
"""

from ministack.services import lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners


def install():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def create_reserving(logical_id, props, stack_name):
        return _reserve(create(logical_id, props, stack_name), props)

    def update_reserving(physical_id, old_props, new_props, stack_name, logical_id=None):
        return _reserve(update(physical_id, old_props, new_props, stack_name, logical_id), new_props)

    handlers.update(create=create_reserving, update=update_reserving)
    lambda_svc._reserved_concurrency = _reserved
    _wait_longer()


def _reserve(made, props):
    reserved = props.get("ReservedConcurrentExecutions")
    lambda_svc._functions[made[0]]["concurrency"] = None if reserved is None else int(reserved)
    return made


def _reserved(func, config):
    return (lambda_svc._functions.get(config["FunctionName"]) or {}).get("concurrency")


def _wait_longer():
    find = stepfunctions._find_matching_retrier

    def find_matching(retriers, error, retry_counts):
        retrier, index = find(retriers, error, retry_counts)
        if retrier and error == "Lambda.TooManyRequestsException":
            # The longest pause before it is scaled.
            retrier = {**retrier, "IntervalSeconds": 60}
        return retrier, index

    stepfunctions._find_matching_retrier = find_matching
