"""The vocabulary of ``alerts/escalation.py``: who is told of which alert, when, and how. Pure."""

from ppbe_observe.alerting.escalation.climbing import (
    RouteTest,
    receivers_of,
    route_tests,
    steps_of,
)
from ppbe_observe.alerting.escalation.declared import escalation_of
from ppbe_observe.alerting.escalation.intervals import TimeInterval
from ppbe_observe.alerting.escalation.ladders import (
    L1,
    L2,
    L3,
    Grouping,
    Inhibition,
    Ladder,
    Route,
    Step,
    Watchdog,
)
from ppbe_observe.alerting.escalation.receivers import Email, PagerDuty, Receiver, Slack, Sns, Teams, Webhook
from ppbe_observe.alerting.escalation.secret_files import HttpAuth
from ppbe_observe.alerting.escalation.whole import NOBODY, Escalation

__all__ = [
    "L1",
    "L2",
    "L3",
    "NOBODY",
    "Email",
    "Escalation",
    "Grouping",
    "HttpAuth",
    "Inhibition",
    "Ladder",
    "PagerDuty",
    "Receiver",
    "Route",
    "RouteTest",
    "Slack",
    "Sns",
    "Step",
    "Teams",
    "TimeInterval",
    "Watchdog",
    "Webhook",
    "escalation_of",
    "receivers_of",
    "route_tests",
    "steps_of",
]
