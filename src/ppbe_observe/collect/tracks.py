"""What is known of each series between two runs: its newest datapoint and its counter. Pure, but for being updated.

Invariants: a track is due again only when a new datapoint can exist, one that should exist has not come yet, or the
last answer had failed; a value is shown only while its datapoint is younger than the lookback; 0 is only ever made of
a complete, empty answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ppbe_observe.cloudwatch.counters import Tally
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.cloudwatch.selection import Wanted
from ppbe_observe.cloudwatch.windows import Question, Window, since, window_at

REMEMBERED = 14 * 24 * 3600
"""Seconds for which the counter of a vanished series is kept: as long as ListMetrics remembers an idle metric."""


@dataclass(slots=True)
class Track:
    """One series: what is wanted, and what was last seen of it.

    ``answered`` is the end of the last window that was answered completely, ``asked`` when that was; both in
    seconds since the epoch.
    """

    wanted: Wanted
    delay: int
    lookback: int
    newest: Datapoint | None = None
    answered: int = 0
    asked: float = 0.0
    tally: Tally | None = None

    def window(self, now: float) -> Window:
        """The window that can be asked for now."""
        return window_at(now, period=self.wanted.stat.period, delay=self.delay, lookback=self.lookback)

    def question(self, now: float) -> Question | None:
        """What to ask now; nothing where no datapoint can be new since the last complete answer."""
        window = self.window(now)
        if self.answered >= window.end and not self._overdue(window, now):
            return None
        if self.tally is not None:
            window = since(window, self.tally.covered, self.wanted.stat.period)
        return Question(self.wanted.stat, window)

    def _overdue(self, window: Window, now: float) -> bool:
        """Whether a live series lacks its last datapoint, and it is time to look again (8 times a period)."""
        if self.newest is None or self.wanted.metric.nil_to_zero:
            return False
        missing = window.start <= self.newest.at < window.end - self.wanted.stat.period
        return missing and now - self.asked >= self.wanted.stat.period / 8

    def take(self, window: Window, answer: Answer, now: float) -> None:
        """Remember an answer to the window, asked at ``now``."""
        complete = answer.failure is None
        if answer.datapoints and (self.newest is None or answer.datapoints[-1].at >= self.newest.at):
            self.newest = answer.datapoints[-1]
        if complete:
            self.answered = max(self.answered, window.end)
            self.asked = now
        if self.tally is not None:
            self.tally = self.tally.add(answer.datapoints, end=window.end, lookback=self.lookback, complete=complete)

    def value(self, now: float) -> float | None:
        """The value to show now, in the metric's base unit; None where there is none or it is too old."""
        oldest = self.window(now).start
        if self.wanted.metric.nil_to_zero and self.answered > oldest:
            last_period = self.answered - self.wanted.stat.period
            if self.newest is None or self.newest.at < last_period:
                return 0.0
        if self.newest is None or self.newest.at < oldest:
            return None
        return self.newest.value * self.wanted.metric.scale

    def total(self, now: float) -> float | None:
        """The accumulated counter; None before the first datapoint, or where nothing could be read for too long."""
        if self.tally is None or self.tally.covered <= self.window(now).start:
            return None
        never = not self.tally.shown and not self.tally.recent
        if never and not (self.wanted.metric.nil_to_zero or self.wanted.counts_datapoints):
            return None
        return self.tally.shown * (1.0 if self.wanted.counts_datapoints else self.wanted.metric.scale)

    def stale(self, now: float) -> bool:
        """Whether there was a datapoint once, but it is too old to be shown."""
        return self.newest is not None and self.value(now) is None


class Tracks:
    """The series of one exporter on one target, kept from run to run."""

    def __init__(
        self, exporter: Exporter, tallies: dict[MetricStat, Tally] | None = None, *, counting: bool = True
    ) -> None:
        self._exporter = exporter
        self._counting = counting
        self._saved = tallies or {}
        self._tracks: dict[MetricStat, Track] = {}

    def __iter__(self) -> Iterator[Track]:
        return iter(self._tracks.values())

    def __len__(self) -> int:
        return len(self._tracks)

    def select(self, wanted: Iterable[Wanted]) -> None:
        """Follow exactly these series: known ones keep what was seen of them, a counter that returns goes on."""
        kept: dict[MetricStat, Track] = {}
        for each in wanted:
            known = self._tracks.pop(each.stat, None)
            kept[each.stat] = replace(known, wanted=each) if known else self._new(each)
        for stat, track in self._tracks.items():
            if track.tally is not None:
                self._saved[stat] = track.tally
        self._tracks = kept

    def tallies(self, now: float) -> dict[MetricStat, Tally]:
        """Every counter there is, and was within two weeks, to be saved."""
        self._saved = {stat: tally for stat, tally in self._saved.items() if tally.covered > now - REMEMBERED}
        return self._saved | {stat: track.tally for stat, track in self._tracks.items() if track.tally is not None}

    def _new(self, wanted: Wanted) -> Track:
        return Track(
            wanted=wanted,
            delay=int(self._exporter.delay_of(wanted.metric).total_seconds()),
            lookback=int(self._exporter.lookback_of(wanted.metric).total_seconds()),
            tally=self._saved.pop(wanted.stat, Tally()) if wanted.accumulated and self._counting else None,
        )
