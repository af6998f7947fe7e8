"""The vocabulary of ``dashboards/``, and what is made of it. Pure: values in, values out."""

from ppbe_observe.grafana.alerts import alert_table, firing
from ppbe_observe.grafana.dashboard import Annotation, Dashboard, Row
from ppbe_observe.grafana.levels import (
    BAD,
    GOOD,
    NEUTRAL,
    NOTE,
    UNKNOWN,
    WARN,
    Level,
    State,
    Threshold,
    above,
    alarm_limit,
    below,
    limits,
)
from ppbe_observe.grafana.links import Link, dashboard, runbook
from ppbe_observe.grafana.panels import BARS, LINES, Column, Panel, Stat, StateTimeline, Table, Text, TimeSeries
from ppbe_observe.grafana.queries import Query
from ppbe_observe.grafana.units import Unit
from ppbe_observe.grafana.variables import Scope, Variable

__all__ = [
    "BAD",
    "BARS",
    "GOOD",
    "LINES",
    "NEUTRAL",
    "NOTE",
    "UNKNOWN",
    "WARN",
    "Annotation",
    "Column",
    "Dashboard",
    "Level",
    "Link",
    "Panel",
    "Query",
    "Row",
    "Scope",
    "Stat",
    "State",
    "StateTimeline",
    "Table",
    "Text",
    "Threshold",
    "TimeSeries",
    "Unit",
    "Variable",
    "above",
    "alarm_limit",
    "alert_table",
    "below",
    "dashboard",
    "firing",
    "limits",
    "runbook",
]
