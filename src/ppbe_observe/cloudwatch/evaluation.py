"""How CloudWatch evaluates an alarm, M of N datapoints with missing ones among them. Pure.

Source: CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data", with its
tables and "avoiding premature transitions". What they say, in the order in which it is decided here:

- More datapoints are looked at than N: the evaluation range. The most recent N of those that were reported are
  evaluated, however old they are within the range. M of them breaching is ALARM, whatever is made of missing ones.
- Only where fewer than N were reported, the rest is filled in as the alarm says. ``breaching`` and ``notBreaching`` are
  counted like datapoints.
- ``missing`` and ``ignore`` let a datapoint that does not breach decide: OK. Where all that were reported breach, but
  fewer than M, nothing is decided yet: ``ignore`` keeps the state. ``missing`` is ALARM as soon as the oldest of them
  is M periods old, since none of the later ones has spoken against it; before that (and where nothing was reported)
  there is insufficient data, as the edition of 2018 says, the only one that has that row.

Invariant: the state follows from three counts and, for ``ignore``, the state before. The counts are exported, so that
Prometheus can come to the same verdict (``alarm.CloudWatchAlarm.firing``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, MissingData
from ppbe_observe.cloudwatch.query import Datapoint, MetricStat
from ppbe_observe.cloudwatch.windows import Question, Window

BEYOND = 2
"""Datapoints of the evaluation range beyond N. AWS publishes one example (5 for an N of 3), not the rule."""
MINUTE = 60
"""Seconds: an alarm is evaluated every minute, one with a shorter period every period ("Alarm evaluation")."""


class AlarmState(StrEnum):
    """The states of an alarm. These words are label values: they do not change."""

    OK = "ok"
    ALARM = "alarm"
    INSUFFICIENT_DATA = "insufficient_data"


@dataclass(frozen=True, slots=True)
class Counted:
    """What an evaluation range holds.

    Attributes:
        breaching: How many of the evaluated datapoints breach the threshold.
        reported: How many datapoints are evaluated: the reported ones, at most N.
        reach: How many periods ago the oldest datapoint of the range began, where all of them breach; else 0.
    """

    breaching: int
    reported: int
    reach: int


def window_of(alarm: CloudWatchAlarm, now: float) -> Window:
    """The evaluation range at ``now``: up to the last minute that ended, whatever the period's own boundaries are.

    Its end moves on with each evaluation (EvaluationWindow, SlidingWindow), not once a period.
    """
    step = min(alarm.seconds, MINUTE)
    end = int(now) // step * step
    return Window(end - (alarm.of + BEYOND) * alarm.seconds, end)


def question_of(alarm: CloudWatchAlarm, stat: MetricStat, now: float) -> Question:
    """The whole range, each time: late and revised datapoints are seen when they come."""
    return Question(stat, window_of(alarm, now))


def outcomes(alarm: CloudWatchAlarm, window: Window, datapoints: Iterable[Datapoint]) -> tuple[bool | None, ...]:
    """Whether each datapoint of the range breaches, oldest first; None is a missing one."""
    found = {(point.at - window.start) // alarm.seconds: point.value for point in datapoints}
    slots = range((window.end - window.start) // alarm.seconds)
    return tuple(None if (value := found.get(slot)) is None else alarm.breaches(value) for slot in slots)


def count(found: Sequence[bool | None], of: int) -> Counted:
    """Count a range, oldest first."""
    reported = [each for each in found if each is not None]
    evaluated = reported[-of:]
    ages = [len(found) - place for place, each in enumerate(found) if each is not None]
    return Counted(sum(evaluated), len(evaluated), max(ages, default=0) if all(reported) else 0)


def state(alarm: CloudWatchAlarm, counted: Counted, before: AlarmState) -> AlarmState:
    """The state that the counts make of the state ``before``."""
    missing = alarm.of - counted.reported
    filled = missing if alarm.missing is MissingData.BREACHING else 0
    if counted.breaching + filled >= alarm.datapoints:
        return AlarmState.ALARM
    decided = counted.reported > counted.breaching
    if decided or alarm.missing in {MissingData.BREACHING, MissingData.NOT_BREACHING}:
        return AlarmState.OK
    if alarm.missing is MissingData.IGNORE:
        return before
    return AlarmState.ALARM if counted.reach >= alarm.datapoints else AlarmState.INSUFFICIENT_DATA
