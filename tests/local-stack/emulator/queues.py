"""Event source mappings of queues.

AWS runs the function of a FIFO queue's mapping for several groups at once, for one message of a group at a time, and a
message that is not done with stays out of sight for as long as the queue or the function says, and its group with it.
ministack runs one batch after the other, and after a failure none for a second. It takes the limit of a template for a
text.

A message that its function leaves in the queue stays out of sight here for what is left of its time, scaled by
`SFN_WAIT_SCALE` as what states wait. While the function runs, nothing is scaled.
"""

import os
import threading
import time

from ministack.services import lambda_svc, sqs

_SCALE = float(os.environ.get("SFN_WAIT_SCALE", "1"))


def install():
    run_batch, concurrency = lambda_svc._run_sqs_batch, lambda_svc._sqs_esm_concurrency

    def run(esm, func_rec, event, batch, queue_url, queue_name):
        taken = {message["id"]: message["receipt_handle"] for message in batch}
        try:
            run_batch(esm, func_rec, event, batch, queue_url, queue_name)
        finally:
            lambda_svc._esm_backoff_until.pop(esm["UUID"], None)
            _leave(message for message in batch if message["receipt_handle"] == taken[message["id"]])

    def of_groups(esm, func_rec, config, queue=None):
        scaling = {name: int(value) for name, value in (esm.get("ScalingConfig") or {}).items()}
        # One message is of one group, and what is under way keeps its group from being taken.
        is_ordered = (queue or {}).get("is_fifo") and esm["BatchSize"] > 1
        return concurrency({**esm, "ScalingConfig": scaling}, func_rec, config, queue if is_ordered else None)

    lambda_svc._run_sqs_batch = run
    lambda_svc._sqs_esm_concurrency = of_groups


def _leave(messages):
    """Scales what is left; those that are done with are in no queue any more."""
    now = time.time()
    with sqs._queues_lock:
        for message in messages:
            left = max(message["visible_at"] - now, 0) * _SCALE
            message["visible_at"] = now + left
            # Nobody else would look before its second is over.
            timer = threading.Timer(left, lambda_svc._esm_wake.set)
            timer.daemon = True
            timer.start()
