"""CloudWatch's JSON: what we send is what was asked, and no answer, however wrong, becomes a wrong value."""

import math
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.aws.cloudwatch.reading import Reading
from ppbe_observe.aws.cloudwatch.wire import (
    DataPage,
    decode_json,
    decode_metric_data,
    decode_metrics,
    encode_get_metric_data,
    encode_list_metrics,
)
from ppbe_observe.cloudwatch.query import Datapoint, ListedMetric, MetricStat
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
END = datetime(2026, 11, 2, 12, 5, tzinfo=UTC)
NOON = int(START.timestamp())

text = st.text(st.characters(codec="utf-8"), max_size=20)
dimensions = st.lists(st.tuples(text, text), max_size=3).map(tuple)
stats = st.lists(st.builds(MetricStat, text, text, dimensions, text, st.integers(1, 86400)), max_size=20)


def cpu(instance: str) -> MetricStat:
    return MetricStat("AWS/RDS", "CPUUtilization", (("DBInstanceIdentifier", instance),), "Average", 60)


def test_a_request_holds_every_query_under_its_place() -> None:
    body = encode_get_metric_data([cpu("ppbe-staging"), cpu("ppbe-production")], START, END, "next")
    query = {
        "Metric": {
            "Namespace": "AWS/RDS",
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "ppbe-staging"}],
        },
        "Period": 60,
        "Stat": "Average",
    }
    document = orjson.loads(body)
    assert document["MetricDataQueries"][0] == {"Id": "q0", "MetricStat": query}
    assert document["MetricDataQueries"][1]["MetricStat"]["Metric"]["Dimensions"][0]["Value"] == "ppbe-production"
    del document["MetricDataQueries"]
    assert document == {"StartTime": NOON, "EndTime": NOON + 300, "ScanBy": "TimestampAscending", "NextToken": "next"}


@given(stats)
def test_every_name_arrives_as_it_was(asked: list[MetricStat]) -> None:
    document = orjson.loads(encode_get_metric_data(asked, START, END))
    sent = [
        MetricStat(
            query["MetricStat"]["Metric"]["Namespace"],
            query["MetricStat"]["Metric"]["MetricName"],
            tuple((each["Name"], each["Value"]) for each in query["MetricStat"]["Metric"]["Dimensions"]),
            query["MetricStat"]["Stat"],
            query["MetricStat"]["Period"],
        )
        for query in document["MetricDataQueries"]
    ]
    assert sent == asked
    assert [query["Id"] for query in document["MetricDataQueries"]] == [f"q{place}" for place in range(len(asked))]


def test_a_name_that_is_no_utf8_is_rejected_before_it_is_sent() -> None:
    with pytest.raises(AwsError) as caught:
        encode_get_metric_data([cpu("lone \ud800 surrogate")], START, END)
    assert caught.value.failure.reason is Reason.REJECTED


def test_list_metrics_names_the_namespace_and_the_page() -> None:
    assert orjson.loads(encode_list_metrics("AWS/RDS")) == {"Namespace": "AWS/RDS"}
    assert orjson.loads(encode_list_metrics("AWS/RDS", "p2")) == {"Namespace": "AWS/RDS", "NextToken": "p2"}


def result(place: int = 0, **other: Any) -> dict[str, Any]:
    whole = {"Id": f"q{place}", "Label": "CPU", "Timestamps": [NOON], "Values": [1.5], "StatusCode": "Complete"}
    return {**whole, **other}


def page(*results: Any, **other: Any) -> DataPage:
    return decode_metric_data({"MetricDataResults": list(results), **other}, asked=max(1, len(results)))


@pytest.mark.parametrize(
    ("timestamps", "seconds"),
    [
        ([NOON, NOON + 60], [NOON, NOON + 60]),
        ([float(NOON)], [NOON]),
        ([1.7936208e9], [1793620800]),
        (["2026-11-02T12:00:00Z"], [NOON]),
        (["2026-11-02T12:00:00.000Z", "2026-11-02T12:01:00.000Z"], [NOON, NOON + 60]),
        (["2026-11-02T05:00:00-07:00"], [NOON]),
        (["2026-11-02T12:00:00"], [NOON]),
        ([NOON + 60, NOON], [NOON, NOON + 60]),
    ],
)
def test_timestamps_of_any_form_come_out_oldest_first(timestamps: list[Any], seconds: list[int]) -> None:
    found = page(result(Timestamps=timestamps, Values=[2.0] * len(timestamps))).found[0]
    assert found == tuple(Datapoint(each, 2.0) for each in seconds)
    assert isinstance(found, tuple)
    assert all(type(each) is Datapoint and type(each.at) is int for each in found)


def test_a_timestamp_that_comes_twice_is_one_datapoint_of_the_later_value() -> None:
    found = page(result(Timestamps=[NOON, NOON + 60, NOON], Values=[1.0, 2.0, 3.0])).found[0]
    assert found == (Datapoint(NOON, 3.0), Datapoint(NOON + 60, 2.0))


def test_a_whole_number_is_a_float_afterwards() -> None:
    found = page(result(Values=[3])).found[0]
    assert isinstance(found, tuple)
    assert type(found[0].value) is float


def test_large_finite_values_are_no_infinity() -> None:
    """Added up they overflow; each of them is a number."""
    found = page(result(Timestamps=[NOON, NOON + 60], Values=[1.7e308, 1.7e308])).found[0]
    assert found == (Datapoint(NOON, 1.7e308), Datapoint(NOON + 60, 1.7e308))


WRONG_RESULTS = [
    {"Values": []},
    {"Timestamps": [NOON, NOON + 60]},
    {"Values": [math.nan]},
    {"Values": [math.inf]},
    {"Values": [True]},
    {"Values": ["NaN"]},
    {"Values": [None]},
    {"Values": [[1.5]]},
    {"Values": "1"},
    {"Values": ""},
    {"Values": None},
    {"Timestamps": None, "Values": None},
    {"Values": {"0": 1.5}},
    {"Timestamps": "2"},
    {"Timestamps": 7},
    {"Timestamps": [None]},
    {"Timestamps": ["yesterday"]},
    {"Timestamps": [-60]},
    {"Timestamps": [NOON + 0.5]},
    {"Timestamps": [1e300]},
    {"Timestamps": [10**400]},
    {"Timestamps": [[NOON]]},
    {"Timestamps": [{}]},
]


@pytest.mark.parametrize("wrong", WRONG_RESULTS, ids=str)
def test_a_wrong_result_is_a_failure_and_leaves_the_others_alone(wrong: dict[str, Any]) -> None:
    good, bad, also_good = page(result(0), result(1, **wrong), result(2, Values=[2.5])).found
    assert (good, also_good) == ((Datapoint(NOON, 1.5),), (Datapoint(NOON, 2.5),))
    assert isinstance(bad, Failure)
    assert bad.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "stranger", [{"Id": "q1"}, {"Id": "e7"}, {"Id": None}, {"Id": 0}, {"Id": ["q0"]}, {}, None, "q0", 3]
)
def test_a_result_that_nobody_asked_for_is_left_out(stranger: Any) -> None:
    decoded = decode_metric_data({"MetricDataResults": [stranger, result(0)]}, asked=1)
    assert (decoded.places, decoded.found) == ([0], [(Datapoint(NOON, 1.5),)])


@pytest.mark.parametrize(
    "document", [{}, {"MetricDataResults": None}, {"MetricDataResults": {}}, {"MetricDataResults": [], "NextToken": 3}]
)
def test_a_page_that_is_none_is_malformed(document: dict[str, Any]) -> None:
    with pytest.raises(AwsError) as caught:
        decode_metric_data(document, asked=1)
    assert caught.value.failure.reason is Reason.MALFORMED


def test_an_empty_token_is_the_end() -> None:
    assert page(result(), NextToken="").token is None


def test_a_result_without_lists_has_no_datapoints() -> None:
    decoded = page({"Id": "q0", "StatusCode": "Complete"}, result(1))
    assert decoded.found == [(), (Datapoint(NOON, 1.5),)]


def test_messages_are_one_line() -> None:
    told = page(result(), Messages=[{"Code": "MaxMetricsExceeded", "Value": "too many"}, None]).messages
    assert told == "MaxMetricsExceeded: too many"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "Id": st.sampled_from(["q0", "q1", "q2", "q9", ""]) | json,
        "Timestamps": st.lists(st.integers(0, 10**10) | json, max_size=4) | json,
        "Values": st.lists(st.floats() | json, max_size=4) | json,
        "StatusCode": st.sampled_from(["Complete", "PartialData", "InternalError", "Forbidden"]) | json,
        "Messages": json,
    },
)
documents = st.fixed_dictionaries(
    {"MetricDataResults": st.lists(fields | json, max_size=6) | json}, optional={"NextToken": json, "Messages": json}
)


@given(documents | st.dictionaries(st.text(), json))
def test_no_answer_can_do_worse_than_malformed(document: dict[str, Any]) -> None:
    """Whatever JSON arrives: three answers, each of finite datapoints in order, or an AwsError."""
    reading = Reading(3)
    try:
        reading.add(decode_metric_data(document, asked=3))
    except AwsError as error:
        assert error.failure.reason is Reason.MALFORMED  # noqa: PT017 - or no error at all
        return
    answers = reading.answers()
    assert len(answers) == 3
    for answer in answers:
        ats = [point.at for point in answer.datapoints]
        assert ats == sorted(set(ats))
        assert all(math.isfinite(point.value) for point in answer.datapoints)
        assert (
            answer.datapoints
            or answer.failure
            or any(
                isinstance(each, dict) and each.get("StatusCode") == "Complete"
                for each in document["MetricDataResults"]
            )
        )


points = st.dictionaries(st.integers(0, 2**33), st.floats(allow_nan=False, allow_infinity=False), max_size=6)


@given(st.lists(points, min_size=1, max_size=8), st.randoms())
def test_what_cloudwatch_serves_is_what_comes_out(served: list[dict[int, float]], random: Any) -> None:
    results = []
    for place, values in enumerate(served):
        ats = list(values)
        random.shuffle(ats)
        results.append(result(place, Timestamps=ats, Values=[values[at] for at in ats]))
    random.shuffle(results)
    reading = Reading(len(served))
    reading.add(decode_metric_data(orjson.loads(orjson.dumps({"MetricDataResults": results})), asked=len(served)))
    assert [dict(each.datapoints) for each in reading.answers()] == served
    assert all(each.failure is None for each in reading.answers())


def metric(name: Any = "CPUUtilization", **other: Any) -> dict[str, Any]:
    return {"Namespace": "AWS/RDS", "MetricName": name, "Dimensions": [{"Name": "A", "Value": "b"}], **other}


def test_listed_metrics_keep_their_dimensions_in_order() -> None:
    both = [{"Name": "Z", "Value": "1"}, {"Name": "A", "Value": "2"}]
    decoded = decode_metrics({"Metrics": [metric(), metric(Dimensions=both), metric(Dimensions=[])], "NextToken": "p2"})
    assert decoded.metrics == (
        ListedMetric("CPUUtilization", (("A", "b"),)),
        ListedMetric("CPUUtilization", (("Z", "1"), ("A", "2"))),
        ListedMetric("CPUUtilization", ()),
    )
    assert decoded.token == "p2"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"Metrics": None},
        {"Metrics": [None]},
        {"Metrics": [{}]},
        {"Metrics": [metric(None)]},
        {"Metrics": [metric(Dimensions=[{"Name": "A"}])]},
        {"Metrics": [metric(Dimensions=[{"Name": "A", "Value": 1}])]},
        {"Metrics": [metric(Dimensions=3)]},
        {"Metrics": [], "NextToken": []},
    ],
    ids=str,
)
def test_a_list_that_cannot_be_read_is_malformed(document: dict[str, Any]) -> None:
    with pytest.raises(AwsError) as caught:
        decode_metrics(document)
    assert (caught.value.failure.reason, caught.value.failure.operation) == (Reason.MALFORMED, "cloudwatch:ListMetrics")


@given(st.dictionaries(st.sampled_from(["Metrics", "NextToken"]), json | st.lists(json)))
def test_no_list_can_do_worse_than_malformed(document: dict[str, Any]) -> None:
    try:
        decode_metrics(document)
    except AwsError as error:
        assert error.failure.reason is Reason.MALFORMED  # noqa: PT017 - or no error at all


@given(st.binary(max_size=60))
def test_bytes_are_an_object_or_malformed(body: bytes) -> None:
    try:
        assert isinstance(decode_json("GetMetricData", body), dict)
    except AwsError as error:
        assert error.failure.reason is Reason.MALFORMED  # noqa: PT017 - or no error at all
