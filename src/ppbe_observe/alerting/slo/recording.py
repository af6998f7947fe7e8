"""The recorded series of an objective. Pure.

Every window is counted from the counters themselves: the bad events of the window over all events of the window.
Averages of the ratios of shorter windows would weigh a quiet night like a busy noon. Where there was no event there is
no ratio, and where one of the counters is not there, either: what cannot be seen is not good.

The ratios and facts are called as sloth calls them (sloth.dev, "SLI recording rules", "metadata recording rules").
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.rules import Record
from ppbe_observe.alerting.slo.burn import DAY, WINDOW
from ppbe_observe.alerting.slo.definition import Slo

OBJECTIVE = "slo:objective:ratio"
BUDGET = "slo:error_budget:ratio"
PERIOD = "slo:time_period:days"
REMAINING = "slo:period_error_budget_remaining:ratio"
TOTAL, BAD, GOOD = "total", "bad", "good"
"""What is counted: all events, and the bad or the good ones, whichever the declaration names."""


def ratio_name(window: timedelta) -> str:
    """``slo:sli_error:ratio_rate1h``: the share of bad events."""
    return f"slo:sli_error:ratio_rate{duration(window)}"


def increase_name(kind: str, window: timedelta) -> str:
    """``slo:sli_total:increase1h``: the number of events of a kind."""
    return f"slo:sli_{kind}:increase{duration(window)}"


def total_name(window: timedelta) -> str:
    """``slo:sli_total:increase1h``: the number of events."""
    return increase_name(TOTAL, window)


def _told_name(slo: Slo, window: timedelta) -> str:
    """``slo:sli_bad:increase1h`` or ``slo:sli_good:increase1h``: the number of those that the declaration names."""
    return increase_name(BAD if slo.bad else GOOD, window)


def series(slo: Slo, name: str) -> str:
    """A recorded series of this objective."""
    return f'{name}{{slo="{slo.name}"}}'


def facts_of(slo: Slo) -> Iterator[Record]:
    """What does not change: there even where nothing is counted, so that an objective without data is seen."""
    yield _record(slo, OBJECTIVE, f"vector({slo.objective!r})")
    yield _record(slo, BUDGET, f"vector({slo.budget!r})")
    yield _record(slo, PERIOD, f"vector({WINDOW / DAY:g})")


def ratios_of(slo: Slo, windows: Sequence[timedelta]) -> Iterator[Record]:
    """The numbers of events and the share of bad ones, over each window."""
    for window in windows:
        yield _record(slo, _told_name(slo, window), _counted(slo, slo.bad or slo.good, window))
        yield _record(slo, total_name(window), _total(slo, window))
        yield _record(slo, ratio_name(window), _ratio(slo, window))


def remaining_of(slo: Slo) -> Record:
    """The share of the budget that is left; negative where more is spent than there was."""
    return _record(slo, REMAINING, f"1 - {series(slo, ratio_name(WINDOW))} / {slo.budget!r}")


def _total(slo: Slo, window: timedelta) -> str:
    told = slo.bad or slo.good
    if not {*told} <= {*slo.total}:
        return _counted(slo, slo.total, window)
    others = [each for each in slo.total if each not in told]
    return f"{series(slo, _told_name(slo, window))} + on ({', '.join(slo.by)}) {_counted(slo, others, window)}"


def _ratio(slo: Slo, window: timedelta) -> str:
    share = f"{series(slo, _told_name(slo, window))} / ({series(slo, total_name(window))} > 0)"
    return share if slo.bad else f"clamp_min(1 - {share}, 0)"  # of a minute, the good ones may be read first


def _counted(slo: Slo, counters: Sequence[str], window: timedelta) -> str:
    by = ", ".join(slo.by)
    return " + ".join(f"sum by ({by}) (increase({name}{{{slo.where}}}[{duration(window)}]))" for name in counters)


def _record(slo: Slo, name: str, expr: str) -> Record:
    return Record(name=name, expr=expr, labels=slo.labels, place=slo.place)
