"""The alert of an objective that nobody can see: without its counters it would be quiet for ever. Pure."""

from datetime import timedelta

from ppbe_observe.alerting.rules import TICKET, Alert, Example
from ppbe_observe.alerting.slo.burn import MINUTE
from ppbe_observe.alerting.slo.definition import Slo
from ppbe_observe.alerting.slo.recording import series, total_name
from ppbe_observe.alerting.slo.traffic import Phase, traffic

LASTS = timedelta(minutes=30)
"""Longer than a restart of the daemon or of Prometheus."""
RUNBOOK = "SloUnknown"
FOLLOWS = "ObserveDown"
"""The alert that explains it: the counters come from the daemon. Escalations inhibit by it."""
_MINUTES = 40


def unknown_of(slo: Slo) -> Alert:
    """Fires where no series of its total is there: a service without traffic has one, at 0."""
    return Alert(
        name=f"{slo.camel}Unknown",
        expr=f"absent({series(slo, total_name(5 * MINUTE))})",
        severity=TICKET,
        owner=slo.owner,
        summary=f"{slo.service}: nobody knows whether an objective is kept",
        description="Prometheus has no counter that {slo} selects: its burn rates cannot fire.",
        reason="An objective without data never alerts; a counter that is renamed or not collected looks like that.",
        lasts=LASTS,
        resource=("slo",),
        runbook=RUNBOOK,
        labels={"service": slo.service, "follows": FOLLOWS},
        example=Example(
            fires={},
            quiet=traffic(slo, Phase(_MINUTES, 0.0, 0.0)),
            labels={"slo": slo.name},
            value=1.0,
            absent=True,
        ),
        place=slo.place,
    )
