"""The vocabulary of ``alerts/``, and what is made of it. Pure: values in, values out."""

from datetime import timedelta

from ppbe_observe.alerting.rules import INFO, PAGE, TICKET, Alert, Case, Example, Record, RuleGroup, Severity
from ppbe_observe.alerting.slo import Slo
from ppbe_observe.alerting.units import BYTES, COUNT, PERCENT, RATIO, SECONDS, Unit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

__all__ = [
    "BYTES",
    "COUNT",
    "DAY",
    "HOUR",
    "INFO",
    "MINUTE",
    "PAGE",
    "PERCENT",
    "RATIO",
    "SECONDS",
    "TICKET",
    "Alert",
    "Case",
    "Example",
    "Record",
    "RuleGroup",
    "Severity",
    "Slo",
    "Unit",
]
