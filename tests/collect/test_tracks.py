"""What is asked when, and what is shown: late, missing and stale datapoints never become a wrong value."""

from ppbe_observe.cloudwatch import AVERAGE, DAY, FIVE_MINUTES, SUM, Exporter, Metric
from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.cloudwatch.selection import Wanted
from ppbe_observe.cloudwatch.windows import Window
from ppbe_observe.collect.tracks import Track, Tracks
from ppbe_observe.model import Failure, Reason

NOW = 1_800_000_030.0
END = 1_799_999_940
LATE = Failure(Reason.PARTIAL, "cloudwatch:GetMetricData", "PartialData")
CPU = Metric("CPUUtilization", AVERAGE, help="CPU.")
ERRORS = Metric("Errors", SUM, help="Errors.", nil_to_zero=True)
BYTES = Metric("Bytes", SUM, help="Bytes.", scale=1024.0)


def track(metric: Metric, exporter: Exporter | None = None) -> Track:
    exporter = exporter or Exporter(namespace="N", metrics=(metric,), name="n")
    tracks = Tracks(exporter)
    period = int(exporter.period_of(metric).total_seconds())
    stat = MetricStat("N", metric.name, (("A", "b"),), metric.statistics[0], period)
    tracks.select([Wanted(stat, metric, (("name", "n"),))])
    return next(iter(tracks))


def answered(subject: Track, now: float, *points: tuple[int, float], failure: Failure | None = None) -> Window:
    question = subject.question(now)
    assert question is not None
    subject.take(question.window, Answer(tuple(Datapoint(*each) for each in points), failure), now)
    return question.window


def test_a_number_of_datapoints_is_0_where_there_were_none_and_has_no_unit() -> None:
    """The ratio of two of them must not vanish because all requests of the first minutes were slow."""
    subject = track(Metric("Latency", "TC(:0.5)", help="L.", counters=("TC(:0.5)",), scale=0.001))
    assert subject.total(NOW) is None
    answered(subject, NOW)
    assert subject.total(NOW) == 0.0
    answered(subject, NOW + 60, (END, 7.0))
    assert subject.total(NOW + 60) == 7.0


def test_the_newest_datapoint_is_shown() -> None:
    subject = track(CPU)
    window = answered(subject, NOW, (END - 120, 40.0), (END - 60, 50.0))
    assert window == Window(END - 600, END)
    assert subject.value(NOW) == 50.0


def test_nothing_is_asked_twice_in_a_period() -> None:
    subject = track(CPU)
    answered(subject, NOW, (END - 60, 50.0))
    assert subject.question(NOW + 10) is None
    assert subject.question(NOW + 60) is not None


def test_a_failed_answer_is_asked_again_at_once() -> None:
    subject = track(CPU)
    answered(subject, NOW, failure=LATE)
    assert subject.question(NOW + 1) is not None


def test_a_late_datapoint_of_a_slow_metric_is_looked_for_until_it_comes() -> None:
    exporter = Exporter(namespace="N", metrics=(CPU,), period=FIVE_MINUTES, name="n")
    subject = track(CPU, exporter)
    now = 1_800_000_065.0
    answered(subject, now, (1_799_999_400, 40.0))
    assert subject.question(now + 30) is None
    assert subject.question(now + 60) is not None
    answered(subject, now + 60, (1_799_999_400, 40.0), (1_799_999_700, 41.0))
    assert subject.question(now + 120) is None


def test_an_idle_slow_metric_is_not_asked_more_often_than_its_period() -> None:
    exporter = Exporter(namespace="N", metrics=(CPU,), period=FIVE_MINUTES, name="n")
    subject = track(CPU, exporter)
    answered(subject, 1_800_000_065.0)
    assert subject.question(1_800_000_300.0) is None


def test_without_datapoints_there_is_no_value() -> None:
    subject = track(CPU)
    answered(subject, NOW)
    assert subject.value(NOW) is None
    assert not subject.stale(NOW)


def test_a_value_outlives_failures_only_until_it_is_too_old() -> None:
    subject = track(CPU)
    answered(subject, NOW, (END - 60, 50.0))
    answered(subject, NOW + 300, failure=LATE)
    assert subject.value(NOW + 300) == 50.0
    answered(subject, NOW + 660, failure=LATE)
    assert subject.value(NOW + 660) is None
    assert subject.stale(NOW + 660)


def test_a_count_without_datapoint_is_zero_only_after_a_complete_answer() -> None:
    subject = track(ERRORS)
    answered(subject, NOW, failure=LATE)
    assert subject.value(NOW) is None
    answered(subject, NOW + 1)
    assert subject.value(NOW + 1) == 0.0
    assert subject.total(NOW + 1) == 0.0


def test_a_count_falls_back_to_zero_when_the_last_period_had_none() -> None:
    subject = track(ERRORS)
    answered(subject, NOW, (END - 60, 12.0))
    assert subject.value(NOW) == 12.0
    answered(subject, NOW + 60, (END - 60, 12.0))
    assert subject.value(NOW + 60) == 0.0
    assert subject.total(NOW + 60) == 12.0


def test_a_zero_is_not_shown_once_nothing_could_be_read_for_too_long() -> None:
    subject = track(ERRORS)
    answered(subject, NOW)
    answered(subject, NOW + 3600, failure=LATE)
    assert subject.value(NOW + 3600) is None
    assert subject.total(NOW + 3600) is None


def test_scale_applies_to_the_gauge_and_the_counter() -> None:
    subject = track(BYTES)
    answered(subject, NOW, (END - 120, 1.0), (END - 60, 2.0))
    assert subject.value(NOW) == 2048.0
    assert subject.total(NOW) == 3072.0


def test_a_counter_asks_for_what_it_missed_after_an_outage() -> None:
    subject = track(BYTES)
    answered(subject, NOW, (END - 60, 1.0))
    window = answered(subject, NOW + 7200, (END, 1.0), (END + 60, 1.0))
    assert window.start == END
    assert subject.total(NOW + 7200) == 3072.0


def test_a_daily_metric_is_shown_for_four_days() -> None:
    exporter = Exporter(namespace="N", metrics=(CPU,), period=DAY, name="n")
    subject = track(CPU, exporter)
    day = 1_800_000_000 // 86400 * 86400
    answered(subject, day + 7200.0, (day - 2 * 86400, 5.0))
    assert subject.value(day + 7200.0) == 5.0
    assert subject.value(day + 2 * 86400 + 7200.0) == 5.0
    assert subject.value(day + 3 * 86400 + 7200.0) is None


def test_a_counter_that_returns_goes_on_from_where_it_was() -> None:
    tracks = Tracks(Exporter(namespace="N", metrics=(BYTES,), name="n"))
    wanted = Wanted(MetricStat("N", "Bytes", (), "Sum", 60), BYTES, (("name", "n"),))
    tracks.select([wanted])
    answered(next(iter(tracks)), NOW, (END - 60, 5.0))
    tracks.select([])
    assert len(tracks) == 0
    assert tracks.tallies(NOW)[wanted.stat].shown == 5.0
    tracks.select([wanted])
    assert next(iter(tracks)).total(NOW) == 5120.0
    tracks.select([])
    assert tracks.tallies(NOW + 20 * 86400) == {}
