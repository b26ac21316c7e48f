#!/usr/bin/env -S python3 -S
"""A function of which its event says what it does. It speaks Lambda's runtime API.

`say` is appended to the file `note`, `until` is a file that it waits for, and `error` is how it fails, if at all. The body
of a queue's message is such an event too; with `leave` the message is left in the queue. `{handle}` in `say` is its receipt
handle, and `{trace}` the trace id.
"""

import json
import os
import time
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"


def answer(request, kind, body):
    urllib.request.urlopen(f"{API}/{request}/{kind}", json.dumps(body).encode()).close()


while True:
    with urllib.request.urlopen(f"{API}/next") as invocation:
        event = json.load(invocation)
        request, trace = (invocation.headers[f"Lambda-Runtime-{name}"] for name in ("Aws-Request-Id", "Trace-Id"))
        remaining = int(invocation.headers["Lambda-Runtime-Deadline-Ms"]) / 1000 - time.time()
    record = event["Records"][0] if "Records" in event else {}
    if record:
        event = json.loads(record["body"])
    if "note" in event:
        said = event.get("say", "called").replace("{handle}", record.get("receiptHandle", "")).replace("{trace}", trace)
        with open(event["note"], "a") as note:
            print(said, file=note)
    while "until" in event and not os.path.exists(event["until"]):
        time.sleep(0.01)
    if "error" in event:
        answer(request, "error", {"errorType": event["error"], "errorMessage": "as asked"})
    elif record:
        left = [{"itemIdentifier": record["messageId"]}] if "leave" in event else []
        answer(request, "response", {"batchItemFailures": left})
    else:
        answer(request, "response", {"trace": trace, "process": os.getpid(), "remaining": remaining})
