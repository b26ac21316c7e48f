"""Rules that are called by the clock.

`SFN_WAIT_SCALE` shortens the pause between two calls as what states wait, but not below a second; and how often ministack looks
whether one is due: every ten seconds by itself.
"""

import os

from ministack.services import eventbridge

_SCALE = float(os.environ.get("SFN_WAIT_SCALE", "1"))


def install():
    parse = eventbridge._parse_rate_seconds

    def scaled(expression):
        seconds = parse(expression)
        return seconds and max(seconds * _SCALE, 1)

    eventbridge._parse_rate_seconds = scaled
    eventbridge._SCHEDULER_TICK_INTERVAL = max(eventbridge._SCHEDULER_TICK_INTERVAL * _SCALE, 0.1)
