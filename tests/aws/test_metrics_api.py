"""All pages of GetMetricData and ListMetrics, every result judged on its own, none lost for another's sake."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from ppbe_observe.aws.cloudwatch.metrics_api import MOST_DATA_PAGES
from ppbe_observe.cloudwatch.query import Answer, Datapoint, ListedMetric, MetricStat
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason
from support.aws_sessions import Local, playing
from support.fake_aws import Exchange, Reply, answer, drip, hang, refuse, truncated

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
END = datetime(2026, 11, 2, 12, 5, tzinfo=UTC)
NOON = int(START.timestamp())
GET = "cloudwatch:GetMetricData"


def stats(count: int) -> list[MetricStat]:
    names = (f"ppbe-{index}" for index in range(count))
    return [MetricStat("AWS/RDS", "CPUUtilization", (("DBInstanceIdentifier", each),), "Average", 60) for each in names]


def result(place: int, *minutes: int, status: Any = "Complete", **other: Any) -> dict[str, Any]:
    """Datapoints at these minutes after noon, each worth its minute."""
    timestamps = [NOON + 60 * each for each in minutes]
    values = [float(each) for each in minutes]
    return {"Id": f"q{place}", "Timestamps": timestamps, "Values": values, "StatusCode": status, **other}


def page(*results: dict[str, Any], token: str | None = None, **other: Any) -> Reply:
    return answer({"MetricDataResults": results, **({"NextToken": token} if token else {}), **other})


def points(*minutes: int) -> tuple[Datapoint, ...]:
    return tuple(Datapoint(NOON + 60 * each, float(each)) for each in minutes)


def read(local: Local, count: int, seconds: float = 10.0) -> list[Answer]:
    return local.metrics().get_metric_data(stats(count), START, END, time.monotonic() + seconds)


def reason(found: Answer) -> Reason | None:
    return found.failure.reason if found.failure else None


def test_answers_come_in_the_order_of_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, page(result(2, 3), result(0, 1), result(1))) as local:
        assert read(local, 3) == [Answer(points(1)), Answer(()), Answer(points(3))]


def test_no_questions_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local:
        assert read(local, 0) == []
    assert local.server.requests == []


def test_501_questions_are_a_mistake_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local, pytest.raises(ValueError, match="500 queries, not 501"):
        read(local, 501)
    assert local.server.requests == []


def test_pages_are_followed_and_the_parts_of_one_result_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later page's word on a timestamp counts; PartialData only means that more pages follow."""
    first = page(result(0, 3, 4, status="PartialData"), result(1, 1), token="p2")
    second = page(result(0, 0, 1, status="PartialData"), token="p3")
    third = page({**result(0, 4, 2), "Values": [4.5, 2.0]})
    with playing(monkeypatch, first, second, third) as local:
        whole, other = read(local, 2)
    assert whole == Answer((*points(0, 1, 2, 3), Datapoint(NOON + 240, 4.5)))
    assert other == Answer(points(1))
    assert [each.document.get("NextToken") for each in local.server.requests] == [None, "p2", "p3"]
    assert len({str(each.document["MetricDataQueries"]) for each in local.server.requests}) == 1


STATUSES = [
    (result(1, 1, status="PartialData"), Failure(Reason.PARTIAL, GET, "PartialData was the last word"), points(1)),
    (result(1, 1, status="InternalError"), Failure(Reason.SERVER, GET, "StatusCode InternalError"), points(1)),
    (result(1, status="Forbidden"), Failure(Reason.DENIED, GET, "StatusCode Forbidden"), ()),
    (
        result(1, status="Forbidden", Messages=[{"Code": "Forbidden", "Value": "no access to account"}]),
        Failure(Reason.DENIED, GET, "StatusCode Forbidden: Forbidden: no access to account"),
        (),
    ),
    (result(1, 1, status="Purple"), Failure(Reason.MALFORMED, GET, "StatusCode Purple"), points(1)),
    (result(1, 1, status=""), Failure(Reason.MALFORMED, GET, "StatusCode missing"), points(1)),
    (
        result(1, Messages=[{"Code": "ArithmeticError", "Value": "one or more data-points"}]),
        Failure(Reason.PARTIAL, GET, "ArithmeticError: one or more data-points"),
        (),
    ),
    (result(1, 1, Messages=[{"Code": "Note", "Value": "all is well"}]), None, points(1)),
    (result(1, Values=[1.0, 2.0]), Failure(Reason.MALFORMED, GET, "there are not as many Timestamps as Values"), ()),
    ({"Id": "q999"}, Failure(Reason.MALFORMED, GET, "the answer holds no result for this query"), ()),
]


@pytest.mark.parametrize(("odd", "failure", "kept"), STATUSES)
def test_one_odd_result_is_a_failure_of_itself_and_the_other_499_are_whole(
    monkeypatch: pytest.MonkeyPatch, odd: dict[str, Any], failure: Failure | None, kept: tuple[Datapoint, ...]
) -> None:
    results = [odd if place == 1 else result(place, place % 5) for place in range(500)]
    with playing(monkeypatch, page(*results)) as local:
        answers = read(local, 500)
    assert answers[1] == Answer(kept, failure)
    assert [each for place, each in enumerate(answers) if place != 1] == [
        Answer(points(place % 5)) for place in range(500) if place != 1
    ]


def test_a_remark_on_the_whole_answer_puts_what_is_empty_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "As much of the operation as possible is still executed": an empty result then proves nothing."""
    told = [{"Code": "MaxMetricsExceeded", "Value": "maximum exceeded"}]
    with playing(monkeypatch, page(result(0, 1), result(1), Messages=told)) as local:
        full, empty = read(local, 2)
    assert full == Answer(points(1))
    assert empty == Answer((), Failure(Reason.PARTIAL, GET, "MaxMetricsExceeded: maximum exceeded"))


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (refuse("AccessDenied", 403), Reason.DENIED),
        (refuse("Throttling", 400), Reason.THROTTLED),
        (refuse("InternalFailure", 500), Reason.SERVER),
        (truncated({"MetricDataResults": []}), Reason.MALFORMED),
        (answer({"MetricDataResults": "none"}), Reason.MALFORMED),
        (hang, Reason.TIMEOUT),
        (drip({"MetricDataResults": []}), Reason.TIMEOUT),
    ],
)
def test_a_page_that_fails_keeps_what_was_read_before(
    monkeypatch: pytest.MonkeyPatch, fault: Reply, cause: Reason
) -> None:
    first = page(result(0, 1), result(1, 2, status="PartialData"), token="p2")
    with playing(monkeypatch, first, default=fault) as local:
        whole, begun, unseen = read(local, 3, seconds=2.0)
    assert whole == Answer(points(1))
    assert begun.datapoints == points(2)
    assert begun.failure is not None
    assert begun.failure.reason is Reason.PARTIAL
    assert begun.failure.detail.startswith(f"cloudwatch:GetMetricData: {cause}: ")
    assert (unseen.datapoints, reason(unseen)) == ((), cause)


def test_a_first_page_that_fails_is_a_failure_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=refuse("AccessDenied", 403, "no")) as local, pytest.raises(AwsError) as caught:
        read(local, 3)
    assert caught.value.failure == Failure(Reason.DENIED, GET, "AccessDenied: no")


def test_a_token_that_loops_ends_in_a_failure_of_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    around = [page(result(0, 1), token="p2"), page(result(0, 2), token="p3"), page(result(0, 3), token="p2")]
    with playing(monkeypatch, *around) as local:
        (found,) = read(local, 1)
    assert found.datapoints == points(1, 2, 3)
    assert found.failure == Failure(Reason.MALFORMED, GET, "NextToken came twice: the pages go round in a circle")
    assert len(local.server.requests) == 3


def test_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = iter(range(10_000))

    def endless(exchange: Exchange) -> bool:
        return page(result(0, 1), token=f"p{next(turned)}")(exchange)

    with playing(monkeypatch, default=endless) as local:
        (found,) = read(local, 1)
    assert found == Answer(points(1), Failure(Reason.MALFORMED, GET, "more than 100 pages"))
    assert len(local.server.requests) == MOST_DATA_PAGES


def metrics(*names: str, token: str | None = None) -> Reply:
    listed = [{"Namespace": "AWS/RDS", "MetricName": each, "Dimensions": []} for each in names]
    return answer({"Metrics": listed, **({"NextToken": token} if token else {})})


def listed(local: Local) -> list[ListedMetric]:
    return list(local.metrics().list_metrics("AWS/RDS", time.monotonic() + 10))


def test_all_pages_of_a_list_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, metrics("A", "B", token="p2"), metrics(), metrics("C")) as local:
        assert [each.name for each in listed(local)] == ["A", "B"]
    with playing(monkeypatch, metrics("A", "B", token="p2"), metrics("C")) as local:
        assert [each.name for each in listed(local)] == ["A", "B", "C"]
    assert [each.document for each in local.server.requests] == [
        {"Namespace": "AWS/RDS"},
        {"Namespace": "AWS/RDS", "NextToken": "p2"},
    ]


def test_a_list_that_breaks_off_is_a_failure_and_no_short_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        playing(monkeypatch, metrics("A", token="p2"), default=refuse("AccessDenied", 403, "no")) as local,
        pytest.raises(AwsError) as caught,
    ):
        listed(local)
    assert caught.value.failure == Failure(Reason.DENIED, "cloudwatch:ListMetrics", "AccessDenied: no")


def test_a_list_whose_token_loops_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=metrics("A", token="p2")) as local, pytest.raises(AwsError) as caught:
        listed(local)
    assert caught.value.failure.reason is Reason.MALFORMED
    assert len(local.server.requests) == 2
