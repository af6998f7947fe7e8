"""Factories of alerts and escalations."""

from datetime import timedelta
from typing import Any

from ppbe_observe.alerting import HOUR, INFO, MINUTE, PAGE, TICKET, Alert
from ppbe_observe.alerting.escalation import (
    L1,
    L2,
    L3,
    Escalation,
    Ladder,
    Receiver,
    Step,
    TimeInterval,
    Watchdog,
    Webhook,
)
from ppbe_observe.alerting.slo import groups_of
from support.objectives import availability

HOURS = TimeInterval(name="working-hours", weekdays=("monday:friday",), times=(("08:00", "18:00"),))


def receiver(name: str, **changed: Any) -> Receiver:
    """A receiver with one webhook."""
    return Receiver(**{"name": name, "to": (Webhook(url=f"http://127.0.0.1:9/{name}"),), **changed})


def steps(*receivers: str, every: timedelta = 15 * MINUTE) -> tuple[Step, ...]:
    """A step for each receiver, from l1 on."""
    levels = zip((L1, L2, L3), receivers, strict=False)
    return tuple(Step(level=level, receiver=each, after=number * every) for number, (level, each) in enumerate(levels))


def ladder(*receivers: str, **changed: Any) -> Ladder:
    """A ladder for pages, a step for each receiver."""
    return Ladder(**{"severity": PAGE, "steps": steps(*receivers), **changed})


def escalation(**changed: Any) -> Escalation:
    """One with receivers a, b, c and heartbeat, and a ladder of two steps for pages."""
    plain: dict[str, Any] = {
        "receivers": (receiver("a"), receiver("b"), receiver("c"), receiver("heartbeat", resolved=False)),
        "ladders": (ladder("a", "b"),),
        "fallback": "c",
        "watchdog": Watchdog(receiver="heartbeat"),
    }
    return Escalation(**{**plain, **changed})


def alert(name: str = "Broken", **changed: Any) -> Alert:
    """A page of an SRE about a resource."""
    plain: dict[str, Any] = {
        "name": name,
        "expr": "broken > 0",
        "severity": PAGE,
        "owner": "sre",
        "summary": "It is broken",
        "description": "{name} is broken {value} times",
        "reason": "A test.",
    }
    return Alert(**{**plain, **changed})


def watchdog() -> Alert:
    """The alert that always fires."""
    return alert("Watchdog", expr="vector(1)", severity=TICKET, description="Alerting works", resource=(), always=True)


ESTATE_ALERTS = (
    watchdog(),
    alert("ObserveDown", expr='up{job="ppbe-observe"} == 0', resource=("instance",), description="{instance} is down"),
    alert("RdsStorageLow"),
    alert("RdsCpuHigh", severity=TICKET, lasts=HOUR),
    alert("MetricsStale", severity=TICKET, labels={"follows": "ObserveDown"}),
    alert("ControlFailing", severity=TICKET, owner="isso", resource=("check", "resource"), description="{check} fails"),
    alert("BackupRunning", severity=INFO),
    *(each for group in groups_of(availability()) for each in group.alerts),
)
"""One alert of each kind that the estate has."""
