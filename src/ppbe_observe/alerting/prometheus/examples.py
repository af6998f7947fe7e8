"""The unit tests that come with an alert. Pure.

From an example: it fires when its time has come and not before, climbs its ladder, keeps quiet below the threshold and
where nothing is known, is not put off by late samples, and ends when its series end. Nothing here says what Prometheus
does: promtool runs the tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ppbe_observe.alerting.prometheus.samples import expand, gap, write
from ppbe_observe.alerting.rules import Alert, Case, Example
from ppbe_observe.errors import DefinitionError
from ppbe_observe.promql.expression import Comparison, Selector

MINUTE = timedelta(minutes=1)
LOOKBACK = timedelta(minutes=5)
"""How long Prometheus takes the last sample for the present one."""
LATE = 3
"""Samples that may be late together; a fourth is more than LOOKBACK allows with the scrape after it."""
SLACK = timedelta(minutes=30)
"""How much longer than needed a made series is."""
PLACE = {"account_id": "123456789012", "region": "us-gov-west-1"}
NAME = "arn:aws-us-gov:service:us-gov-west-1:123456789012:example"


@dataclass(frozen=True, slots=True)
class Climb:
    """What fires at a time: the levels of the ladder."""

    title: str
    series: Mapping[str, str]
    at: timedelta
    levels: tuple[str, ...]


def example_of(alert: Alert, longest: timedelta) -> Example:
    """Its example: the one that it gives, else one made of its expression.

    Args:
        alert: The alert.
        longest: How long after it fires its last step follows.

    Raises:
        DefinitionError: It gives none, and its expression is more than a selector and a comparison.
    """
    if alert.example:
        return alert.example
    comparison, selectors = alert.parsed.comparison, alert.parsed.selectors
    if comparison is None or len(selectors) != 1 or alert.parsed.functions or alert.parsed.labels:
        raise DefinitionError(f"{alert.place}: alert {alert.name}: give it an example: its expression is not simple")
    fires, quiet = _around(comparison)
    labels = _labels(selectors[0], alert)
    series = series_of(selectors[0].metric, labels)
    minutes = int((alert.lasts + longest + SLACK) / MINUTE)
    return Example(
        fires={series: write([fires] * minutes)}, quiet={series: write([quiet] * minutes)}, labels=labels, value=fires
    )


def series_of(metric: str, labels: Mapping[str, str]) -> str:
    """``up{job="x"}``."""
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items()))
    return f"{metric}{{{inside}}}"


def cases_of(alert: Alert, example: Example, every: timedelta = MINUTE) -> Iterator[Case]:
    """What is to be seen of it at which time, one alert or none, where it is evaluated that often."""
    fires_at = example.begins + alert.lasts
    fired = (example.value, example.labels)
    if alert.always:
        yield Case(title="always fires", series={}, at=fires_at, value=example.value, labels=example.labels)
        return
    yield Case("fires", example.fires, fires_at, *fired)
    if alert.lasts >= every:
        yield Case("does not fire before its time", example.fires, fires_at - every)
    reach, last = max(alert.reach, alert.parsed.reach), _end(example.quiet)
    yield Case("does not fire below", example.quiet, min(fires_at + reach, last) if _even(example.quiet) else last)
    missing = fired if example.absent else (None, {})
    yield Case("fires without data" if example.absent else "keeps quiet without data", {}, fires_at, *missing)
    if fires_at >= (LATE + 2) * MINUTE:
        late = _late(example.fires, fires_at)
        yield Case("fires although samples are late", late, fires_at, *fired)
    if not example.absent:
        over = reach + LOOKBACK + alert.keeps + 2 * every
        yield Case("ends when its series end", _cut(example.fires, fires_at), fires_at + over)


def climbs_of(alert: Alert, example: Example, steps: Sequence[tuple[str, timedelta]]) -> Iterator[Climb]:
    """Which levels fire when each has come."""
    if alert.always:
        return
    for number, (level, after) in enumerate(steps):
        at = example.begins + alert.lasts + after
        levels = tuple(name for name, _ in steps[: number + 1])
        yield Climb(f"climbs to {level}" if level else "fires", example.fires, at, levels)


def _around(comparison: Comparison) -> tuple[float, float]:
    """A value that fires, and the nearest that does not."""
    at = comparison.number
    away = abs(at) / 10 or 1.0
    candidates = (at, at + away, at - away)
    return next(each for each in candidates if comparison.holds(each)), next(
        each for each in candidates if not comparison.holds(each)
    )


def _labels(selector: Selector, alert: Alert) -> dict[str, str]:
    named = {label: f"example-{label}" for label in sorted(alert.named_labels)}
    chosen = {label: value for label, value in selector.equal.items() if value}
    own = {"name": NAME} if "name" in alert.resource else {}
    return {**named, **PLACE, **own, **chosen}


def _even(series: Mapping[str, str]) -> bool:
    """Whether all of them are steady, rise or fall evenly: when all that is looked at is there, nothing more comes."""
    return all(len(values.split()) == 1 for values in series.values())


def _end(series: Mapping[str, str]) -> timedelta:
    return max((len(expand(values)) - 1) * MINUTE for values in series.values()) if series else MINUTE


def _late(series: Mapping[str, str], at: timedelta) -> dict[str, str]:
    """The same, with the samples before ``at`` missing, but not that of ``at`` itself."""
    last = int(at / MINUTE) - 1
    return {name: write(gap(expand(values), last - LATE + 1, last)) for name, values in series.items()}


def _cut(series: Mapping[str, str], at: timedelta) -> dict[str, str]:
    return {name: write(expand(values)[: int(at / MINUTE) + 1]) for name, values in series.items()}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
