"""Starts ministack with what it lacks of AWS. Each file beside this one adds one thing and says which."""

import callbacks
import callers
import deliveries
import executions
import faults
import functions
import gateway
import inside
import parameters
import permissions
import queues
import refusals
import schedules
import timeouts
import turns
import variables
import waits

from ministack.app import main

for part in (
    parameters,
    permissions,
    callers,
    callbacks,
    deliveries,
    executions,
    gateway,
    queues,
    refusals,
    schedules,
    timeouts,
    turns,
    variables,
    waits,
    faults,
    functions,
    inside,
):
    part.install()
main()
