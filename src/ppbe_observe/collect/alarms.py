"""One run of all alarms on one target: discover, ask, evaluate, mirror, show. I/O through what is handed in.

Invariants: each run asks over the whole evaluation range again, so that late and revised datapoints count as soon as
they are there; only a complete answer is evaluated; a verdict that could not be renewed is shown until it is too old;
what one call refuses keeps nothing else from being seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.cost import MONTH, Load
from ppbe_observe.cloudwatch.evaluation import AlarmState, count, outcomes, question_of, state
from ppbe_observe.cloudwatch.packing import QUERIES_PER_CALL
from ppbe_observe.cloudwatch.query import Answer, ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.cloudwatch.watching import Watched, settled, watched
from ppbe_observe.cloudwatch.windows import Question
from ppbe_observe.collect.alarm_families import Verdict, alarm_families
from ppbe_observe.collect.budget import Budget
from ppbe_observe.collect.collector import Sources
from ppbe_observe.errors import StateError
from ppbe_observe.model import Facts, Failure, Reason, Resource, Snapshot, Target

ALARMS = "alarms"
"""The exporter name under which alarms are scheduled, logged and published."""
KIND = "cloudwatch:alarm"
MIRRORING = 1 / 3
"""The share of the time in which CloudWatch's own alarms are listed: a listing that hangs leaves time to evaluate."""
SHOWN_FOR = 3
"""Intervals for which a verdict is shown that could not be renewed: as long as an exporter's series."""

_Key = tuple[str, MetricStat]
_Seen = tuple[tuple[Resource, ...], tuple[ListedMetric, ...]]


class AlarmCollector:
    """Evaluates alarms on one target again and again; not more than one run at a time.

    ``states`` finds CloudWatch's own alarms: its answers must be fresher than what exporters discover.
    """

    def __init__(
        self,
        alarms: Sequence[CloudWatchAlarm],
        target: Target,
        sources: Sources,
        states: Inventory,
        *,
        every: timedelta,
        labelling: Labelling,
        budget: Budget,
    ) -> None:
        self.name = ALARMS
        self.target = target
        self.every = every
        self._alarms = tuple(alarms)
        self._sources = sources
        self._states = states
        self._labelling = labelling
        self._budget = budget
        self._verdicts: dict[_Key, Verdict] = {}
        self._found: dict[str, tuple[_Seen, list[Watched]]] = {}

    def survey(self, now: datetime, deadline: float) -> tuple[Load, tuple[Failure, ...]]:
        """What a month of the alarms on this target asks for, found out without asking for any datapoint."""
        failures: list[Failure] = []
        return self._load(self.watched(now, deadline, failures)), tuple(failures)

    def run(self, now: datetime, deadline: float) -> Snapshot:
        """All alarms as they are at ``now``, not later than the monotonic ``deadline``."""
        failures: list[Failure] = []
        mirrored = self.mirrored(now, monotonic() + MIRRORING * (deadline - monotonic()), failures)
        found = self.watched(now, deadline, failures)
        asked = self._evaluate(found, mirrored, now, deadline, failures)
        verdicts = tuple(self._shown(found, now))
        newest = max((end for each in verdicts if (end := each.newest_end) is not None), default=None)
        return Snapshot(
            exporter=ALARMS,
            target=self.target,
            at=now,
            families=alarm_families(self.target, verdicts, dict(_states_of(mirrored)), now),
            resources=tuple(mirrored.values()),
            failures=tuple(dict.fromkeys(failures)),
            newest_datapoint=None if newest is None else datetime.fromtimestamp(newest, UTC),
            metrics_requested=asked,
        )

    def watched(self, now: datetime, deadline: float, failures: list[Failure]) -> tuple[Watched, ...]:
        """Every alarm on every resource that it is about; what could not be seen is added to the failures."""
        return settled(each for alarm in self._alarms for each in self._watched(alarm, now, deadline, failures))

    def mirrored(self, now: datetime, deadline: float, failures: list[Failure]) -> dict[str, Resource]:
        """CloudWatch's own alarms, by name."""
        found = self._states.resources((KIND,), now, deadline)
        failures.extend(found.failures)
        known: dict[str, Resource] = {}
        for each in found.resources:
            if (name := each.facts.get("AlarmName")) and _state_in(each.facts) is not None:
                known[name] = each
            else:
                told = f"{each.arn}: the answer is not as documented: it has no name or no known state"
                failures.append(Failure(Reason.MALFORMED, "cloudwatch:DescribeAlarms", told))
        return known

    def _watched(
        self, alarm: CloudWatchAlarm, now: datetime, deadline: float, failures: list[Failure]
    ) -> list[Watched]:
        """Selected anew only where what was found has changed."""
        exporter = alarm.exporter
        found = self._sources.inventory.resources(exporter.kinds, now, deadline)
        failures.extend(found.failures)
        listed: tuple[ListedMetric, ...] = ()
        if not exporter.static:
            # The names of the whole exporter: the listing is shared with it.
            names = frozenset(metric.name for metric in exporter.metrics)
            listing = self._sources.listing.of(exporter.namespace, names, deadline)
            listed = listing.metrics
            failures.extend([listing.failure] if listing.failure else [])
        seen, known = (found.resources, listed), self._found.get(alarm.key)
        if known is None or any(a is not b for a, b in zip(seen, known[0], strict=True)):
            known = seen, watched(alarm, self.target, listed, found.resources, self._labelling)
            self._found[alarm.key] = known
        return known[1]

    def _evaluate(
        self,
        found: Sequence[Watched],
        mirrored: Mapping[str, Resource],
        now: datetime,
        deadline: float,
        failures: list[Failure],
    ) -> int:
        """Ask about every alarm and judge it; gives the number of metrics asked for."""
        self._budget.project(self._load(found))
        if found and (refusal := self._budget.refusal(ALARMS, self.target.name, now)):
            failures.append(refusal)
            return 0
        try:
            self._budget.spend(len(found), now)
        except StateError as error:
            failures.append(Failure(Reason.STATE, "state:spend", str(error)))
        questions = [question_of(each.alarm, each.stat, now.timestamp()) for each in found]
        answers = self._sources.reader.read(questions, deadline)
        before, self._verdicts = self._verdicts, {}
        for each, question, answer in zip(found, questions, answers, strict=True):
            last = before.get(_key(each))
            if answer.failure:
                failures.append(answer.failure)
            else:
                last = _verdict(each, question, answer, last.state if last else _first(each, mirrored), now)
            if last:
                self._verdicts[_key(each)] = last
        return len(found)

    def _shown(self, found: Iterable[Watched], now: datetime) -> Iterator[Verdict]:
        for each in found:
            verdict = self._verdicts.get(_key(each))
            if verdict and now - verdict.at <= SHOWN_FOR * self.every:
                yield verdict

    def _load(self, found: Sequence[Watched]) -> Load:
        """Calls as if the alarms were alone."""
        rounds = MONTH / self.every.total_seconds()
        metrics = rounds * len(found)
        calls = rounds * -(-len(found) // QUERIES_PER_CALL)
        return Load(ALARMS, self.target.name, metrics, calls, self._budget.price.of(metrics))


def _key(found: Watched) -> _Key:
    return found.alarm.key, found.stat


def _verdict(found: Watched, question: Question, answer: Answer, before: AlarmState, now: datetime) -> Verdict:
    alarm, points = found.alarm, answer.datapoints
    counted = count(outcomes(alarm, question.window, points), alarm.of)
    return Verdict(found, counted, state(alarm, counted, before), now, points[-1] if points else None)


def _first(found: Watched, mirrored: Mapping[str, Resource]) -> AlarmState:
    """The state before the first evaluation: that of the alarm in CloudWatch, which may have ignored data for long."""
    known = mirrored.get(found.name)
    return (known and _state_in(known.facts)) or AlarmState.INSUFFICIENT_DATA


def _states_of(mirrored: Mapping[str, Resource]) -> Iterator[tuple[str, AlarmState]]:
    for name, resource in mirrored.items():
        if (found := _state_in(resource.facts)) is not None:
            yield name, found


def _state_in(facts: Facts) -> AlarmState | None:
    try:
        return AlarmState(str(facts.get("StateValue")).lower())
    except ValueError:
        return None
