"""The series of the large estate: of every metric that a rule refers to, with the labels that the daemon gives them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product

from ppbe_observe.alerting.declared import Subject
from ppbe_observe.alerting.rules import Record
from ppbe_observe.cloudwatch.definition import Exporter, Metric
from ppbe_observe.cloudwatch.naming import counter_name, gauge_name, info_name, label_name
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.definitions import estate_root, load_exporters
from ppbe_observe.generate.known import known_metrics
from ppbe_observe.promql.expression import Selector
from support.large_estate import PLACES, Thing, things
from support.tracks import Track, Values, values_of

FINDINGS_EACH = 5
"""Checks that concern a resource."""
FAILS_EVERY = 50
"""One finding of so many."""
ALARMS = ("ppbe-api-error-rate", "ppbe-api-memory", "ppbe-db-cpu")
_OPERATIONS = tuple(f"{service}:{call}" for service in ("rds", "ecs", "elbv2", "logs", "s3") for call in "abcdef")
_OTHERS = {
    "operation": _OPERATIONS,
    "reason": ("throttled", "denied", "budget", "state"),
    "state": ("pass", "fail", "unknown", "not_automated"),
    "baseline": ("class-c",),
    "integration": ("sns", "webhook"),
    "severity": ("high",),
    "check": tuple(each.id for each in CHECKS),
    "alarm": ALARMS,
}
_OUTCOMES = {
    "ppbe_observe_aws_calls_total": ("ok", "throttled", "denied"),
    "ppbe_observe_job_runs_total": ("ok", "failed", "missed", "skipped"),
    "fedramp_findings": ("pass", "fail"),
}
_FINDINGS = ("fedramp_finding", "fedramp_finding_due_timestamp_seconds", "fedramp_finding_accept_by_timestamp_seconds")
_SELF = ("up", "ALERTS", "prometheus_")
"""What the real Prometheus says of itself."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series and how its values move."""

    metric: str
    labels: Mapping[str, str]
    track: Track

    @property
    def text(self) -> str:
        """Its name and labels in the text format."""
        inside = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        return f"{self.metric}{{{inside}}}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rules refer to: the selectors of each metric, and how far back the rule of each looks."""

    selectors: Mapping[str, Sequence[tuple[Selector, timedelta]]]

    def reach(self, series: Series) -> timedelta:
        """How far back any rule looks at a series."""
        found = self.selectors.get(series.metric, ())
        return max((reach for each, reach in found if _matches(each, series.labels)), default=timedelta())


def wanted_of(subjects: Sequence[Subject]) -> Wanted:
    """All metrics that are not recorded by a rule, nor Prometheus' own."""
    rules = [rule for subject in subjects for group in subject.groups for rule in group.rules]
    recorded = {rule.name for rule in rules if isinstance(rule, Record)}
    found: dict[str, list[tuple[Selector, timedelta]]] = {}
    for rule in rules:
        for each in rule.parsed.selectors:
            if each.metric not in recorded and not each.metric.startswith(_SELF):
                found.setdefault(each.metric, []).append((each, rule.parsed.reach))
    return Wanted(found)


def large_series(subjects: Sequence[Subject], wanted: Wanted) -> tuple[Series, ...]:
    """Every series of every metric that is wanted; fails where there is none of one."""
    values, exporters = values_of(subjects), load_exporters(estate_root(None))
    estate = things()
    found = (
        *(series for each in exporters for series in _of_exporter(each, estate, values)),
        *_findings(estate, values),
        *_others(wanted, exporters, values),
    )
    kept = tuple(each for each in found if each.metric in wanted.selectors)
    if missing := wanted.selectors.keys() - {each.metric for each in kept}:
        raise AssertionError(f"no series of {', '.join(sorted(missing))}: say in support/large_series.py what they are")
    return kept


def _of_exporter(exporter: Exporter, estate: Sequence[Thing], values: Values) -> Iterator[Series]:
    if not exporter.kinds:
        whole = tuple(Thing("", "global", place, ({},)) for place in PLACES)
        yield from _of_metrics(exporter, whole, values)
        return
    own = [each for each in estate if each.kind in exporter.kinds]
    yield from _of_metrics(exporter, own, values)
    for number, thing in enumerate(own):
        labels = thing.labels | _dimensions(thing.levels[0])
        yield Series(info_name(exporter.namespace), labels | dict(thing.info), Track(1.0))
        for fact in exporter.facts:
            if fact.kind in {None, thing.kind}:
                name = exporter.fact_name(fact)
                yield Series(name, labels, values.of(name, broken=thing.broken, variant=number))


def _of_metrics(exporter: Exporter, own: Sequence[Thing], values: Values) -> Iterator[Series]:
    for metric in exporter.metrics:
        levels = [frozenset(each) for each in (metric.levels or exporter.levels)]
        for number, thing in enumerate(own):
            for level in thing.levels:
                if not levels or frozenset(level) in levels:
                    labels = thing.labels | _dimensions(level)
                    for name in _names(exporter, metric):
                        yield Series(name, labels, values.of(name, broken=thing.broken, variant=number))


def _names(exporter: Exporter, metric: Metric) -> Iterator[str]:
    yield from (gauge_name(exporter.namespace, metric.name, each) for each in metric.statistics)
    yield from (counter_name(exporter.namespace, metric.name, each) for each in metric.counters)


def _dimensions(level: Mapping[str, str]) -> dict[str, str]:
    return {label_name("dimension", key, snake=False): value for key, value in level.items()}


def _findings(estate: Sequence[Thing], values: Values) -> Iterator[Series]:
    for number, (thing, _) in enumerate(product(estate, range(FINDINGS_EACH))):
        check = CHECKS[number % len(CHECKS)]
        account, region = thing.place
        severity = ("critical", "high", "medium", "low")[number // FAILS_EVERY % 4]
        labels = {"check": check.id, "resource": thing.name, "severity": severity}
        labels |= {"account_id": account, "region": region}
        fails = number % FAILS_EVERY == 0
        yield Series(_FINDINGS[0], {**labels, "outcome": "fail" if fails else "pass"}, Track(1.0))
        if fails:
            broken = number % (10 * FAILS_EVERY) == 0
            yield from (Series(each, labels, values.of(each, broken=broken, variant=0)) for each in _FINDINGS[1:])


def _others(wanted: Wanted, exporters: Sequence[Exporter], values: Values) -> Iterator[Series]:
    """What the daemon and Alertmanager say of themselves, of the alarms and of the estate as a whole."""
    exported = {name for each in exporters for name in each.family_names()}
    known = known_metrics(exporters)
    names = tuple(each.name for each in exporters)
    for metric in sorted(wanted.selectors.keys() - exported - {*_FINDINGS}):
        own = known[metric].labels - {"account_id", "region", "name", "alarm_name"}
        places = PLACES if "account_id" in known[metric].labels else ((),)
        choices = {**_OTHERS, "exporter": names, "outcome": _OUTCOMES.get(metric, ("ok",))}
        if metric in {"ppbe_alarm_state", "ppbe_alarm_cloudwatch_state"}:
            choices["state"] = ("ok", "alarm", "insufficient_data")
        for place in places:
            where = dict(zip(("account_id", "region"), place, strict=False))
            for chosen in product(*(choices[label] for label in sorted(own))):
                labels = where | dict(zip(sorted(own), chosen, strict=True))
                if "alarm" in labels:
                    labels["alarm_name"] = f"production-{labels['alarm']}"
                yield Series(metric, labels, values.of(metric, broken=False, variant=len(chosen)))


def _matches(selector: Selector, labels: Mapping[str, str]) -> bool:
    return all(_holds(operator, wanted, labels.get(label, "")) for label, operator, wanted in selector.matchers)


@cache
def _holds(operator: str, wanted: str, value: str) -> bool:
    equal = bool(re.fullmatch(wanted, value)) if "~" in operator else wanted == value
    return equal is not operator.startswith("!")
