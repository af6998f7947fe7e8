"""Series of the counters of an objective, for unit tests. Pure.

Counters begin high: Prometheus extrapolates an increase no further back than to where a counter would have been 0, and
a ratio of counters that have just begun is off by the scrape in which they did.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ppbe_observe.alerting.prometheus.samples import Value, expand, gap, write
from ppbe_observe.alerting.slo.definition import Slo

EVENTS = 100_000.0
"""Events a minute: whatever the objective, more than an alert needs."""
BEGIN = 1e9


@dataclass(frozen=True, slots=True)
class Phase:
    """So many minutes in which so large a share of the events is bad; ``events`` a minute."""

    minutes: int
    bad: float
    events: float = EVENTS


def usual(slo: Slo) -> float:
    """The share of bad events in an outage that nobody overlooks."""
    return min(1.0, 100 * slo.budget)


def traffic(slo: Slo, *phases: Phase) -> dict[str, str]:
    """The counters' series, one after the other through these phases."""
    names = dict.fromkeys((*slo.total, *slo.bad, *slo.good))
    return {_series(slo, name): _values(slo, name, phases) for name in names}


def late(series: Mapping[str, str], first: int, last: int) -> dict[str, str]:
    """The same without the samples of these minutes."""
    return {name: write(gap(expand(values), first, last)) for name, values in series.items()}


def restarted(series: Mapping[str, str], minute: int) -> dict[str, str]:
    """The same, begun anew at 0 in this minute."""
    return {name: write(_from_zero(expand(values), minute)) for name, values in series.items()}


def _series(slo: Slo, name: str) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(slo.example.items()))
    return f"{name}{{{inside}}}"


def _values(slo: Slo, name: str, phases: tuple[Phase, ...]) -> str:
    parts, value = [f"{BEGIN:.17g}"], BEGIN
    for phase in phases:
        step = round(_step(slo, name, phase), 6)
        parts.append(f"{value + step:.17g}+{step:.17g}x{phase.minutes - 1}")
        value += step * phase.minutes
    return " ".join(parts)


def _step(slo: Slo, name: str, phase: Phase) -> float:
    """What a counter gains in a minute: the special ones share their events, the others the rest of ``total``."""
    special, share = (slo.bad, phase.bad) if slo.bad else (slo.good, 1 - phase.bad)
    if name in special:
        return phase.events * share / len(special)
    inside = len({*special} & {*slo.total})
    rest = phase.events * (1 - share * inside / len(special))
    return rest / (len(slo.total) - inside)


def _from_zero(values: list[Value], minute: int) -> list[Value]:
    base = values[minute]
    return [each if base is None or each is None or at < minute else each - base for at, each in enumerate(values)]
