"""From evaluated alarms to metric families: counts, thresholds, verdicts, and CloudWatch's own states. Pure.

Labels are bounded by alarms, resources and targets; a state is a value of one label, each with a series of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ppbe_observe.cloudwatch.alarm import (
    BREACHING_DATAPOINTS,
    BREACHING_REACH,
    CLOUDWATCH_STATE,
    NEWEST,
    REPORTED_DATAPOINTS,
    STATE,
)
from ppbe_observe.cloudwatch.evaluation import AlarmState, Counted
from ppbe_observe.cloudwatch.query import Datapoint
from ppbe_observe.cloudwatch.watching import Watched
from ppbe_observe.model import Family, Kind, Labels, Sample, Target

THRESHOLD = "ppbe_alarm_threshold"
AGE = "ppbe_alarm_newest_datapoint_age_seconds"

_OWN = ("alarm", "alarm_name", "name", "account_id", "region")
LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        BREACHING_DATAPOINTS: _OWN,
        REPORTED_DATAPOINTS: _OWN,
        BREACHING_REACH: _OWN,
        THRESHOLD: _OWN,
        NEWEST: _OWN,
        AGE: _OWN,
        STATE: (*_OWN, "state"),
        CLOUDWATCH_STATE: ("alarm", "alarm_name", "account_id", "region", "state"),
    }
)
"""The label names of each metric here, those of dimensions and tags left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an alarm on a resource, and the newest datapoint of its evaluation range."""

    watched: Watched
    counted: Counted
    state: AlarmState
    at: datetime
    newest: Datapoint | None

    @property
    def newest_end(self) -> int | None:
        """When the newest datapoint ended, seconds since the epoch."""
        return None if self.newest is None else self.newest.at + self.watched.alarm.seconds


def alarm_families(
    target: Target, verdicts: Sequence[Verdict], mirrored: Mapping[str, AlarmState], now: datetime
) -> tuple[Family, ...]:
    """Every family that has a sample."""
    keys = {each.watched.name: each.watched.alarm.key for each in verdicts if each.watched.name}
    families = (*_counts(verdicts), *_described(verdicts, now.timestamp()), _mirror(target, mirrored, keys))
    return tuple(each for each in families if each.samples)


def _counts(verdicts: Sequence[Verdict]) -> tuple[Family, ...]:
    """What the rules compare."""
    return (
        _family(
            BREACHING_DATAPOINTS,
            "Evaluated datapoints of the alarm that breach its threshold: the most recent reported ones, at most N.",
            ((_labels(each), each.counted.breaching) for each in verdicts),
        ),
        _family(
            REPORTED_DATAPOINTS,
            "Evaluated datapoints of the alarm, at most N; what is missing to N was not reported.",
            ((_labels(each), each.counted.reported) for each in verdicts),
        ),
        _family(
            BREACHING_REACH,
            "Periods since the oldest datapoint in the alarm's evaluation range began, where all breach; else 0.",
            ((_labels(each), each.counted.reach) for each in verdicts),
        ),
    )


def _described(verdicts: Sequence[Verdict], now: float) -> tuple[Family, ...]:
    return (
        _family(
            THRESHOLD,
            "Threshold of the alarm, in CloudWatch's unit of the metric.",
            ((_labels(each), each.watched.alarm.threshold) for each in verdicts),
        ),
        _family(
            NEWEST,
            "Newest datapoint in the alarm's evaluation range, in CloudWatch's unit; absent where there is none.",
            ((_labels(each), each.newest.value) for each in verdicts if each.newest is not None),
        ),
        _family(
            AGE,
            "Time since the end of the newest datapoint in the alarm's evaluation range; absent where there is none.",
            ((_labels(each), now - end) for each in verdicts if (end := each.newest_end) is not None),
        ),
        _family(
            STATE,
            "1 for the state of the alarm by our own evaluation, 0 for the others.",
            (sample for each in verdicts for sample in _states(_labels(each), each.state)),
        ),
    )


def _mirror(target: Target, mirrored: Mapping[str, AlarmState], keys: Mapping[str, str]) -> Family:
    """CloudWatch's own; ``keys`` are the definitions that would make an alarm, by its name."""
    return _family(
        CLOUDWATCH_STATE,
        "1 for the state that CloudWatch says an alarm of its own is in, 0 for the others.",
        (each for name, state in mirrored.items() for each in _states(_mirrored_labels(name, keys, target), state)),
    )


def _family(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Family:
    return Family(name, Kind.GAUGE, text, tuple(Sample(labels, float(value)) for labels, value in samples))


def _labels(verdict: Verdict) -> Labels:
    watched = verdict.watched
    return (("alarm", watched.alarm.key), ("alarm_name", watched.name), *watched.labels)


def _mirrored_labels(name: str, keys: Mapping[str, str], target: Target) -> Labels:
    """``alarm`` names the definition that would make it; there is none for alarms that others made."""
    place = (("account_id", target.account_id), ("region", target.region))
    return (("alarm", keys.get(name, "")), ("alarm_name", name), *place)


def _states(labels: Labels, state: AlarmState) -> Iterator[tuple[Labels, float]]:
    for each in AlarmState:
        yield (*labels, ("state", each.value)), float(each is state)
