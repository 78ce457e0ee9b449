"""What people do with reminders: approve, hold, remind by hand, see what was sent and what is left."""

from functions.reminders_api import approvals, holds, preferences, segments, tasks
from functions.reminders_api.wiring import Parts, wire
from relance.runtime.http import Api, on_first_call


def build(parts: Parts) -> Api:
    """The routes, on these parts."""
    api = Api("reminders_api")

    approvals.add(api, parts)
    holds.add(api, parts)
    tasks.add(api, parts)
    segments.add(api, parts)
    preferences.add(api, parts)
    return api


handler = on_first_call(lambda: build(wire()))
