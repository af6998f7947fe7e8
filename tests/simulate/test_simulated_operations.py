"""The four operations of the data plane, without a wire."""

from collections.abc import Mapping
from typing import Any

import pytest

from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.plane.operations import OPERATIONS
from ppbe_observe.simulate.plane.rates import Rates
from ppbe_observe.simulate.plane.series import DAY
from ppbe_observe.simulate.plane.signals import Drift, Events, Level
from support.metrics import NOON, simulated

NOW = float(NOON)
MINUTE, HOUR = 60, 3600


def catalog() -> Catalog:
    series = [simulated(Level(5.0), f"M{number:03d}", (("D", str(number)),)) for number in range(501)]
    quiet = simulated(Level(1.0), "Quiet", until=NOW - 4 * HOUR)
    gone = simulated(Level(1.0), "Gone", until=NOW - 15 * DAY)
    return Catalog(
        [*series, quiet, gone, simulated(Drift(0.0, 1.0, days=10**9), "Age"), simulated(Events(0.0), "Idle")]
    )


def query(identifier: str = "a", metric: str = "M000", dimension: str = "0", **stat: Any) -> dict[str, Any]:
    dimensions = [{"Name": "D", "Value": dimension}]
    named = {"Namespace": "AWS/Test", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identifier, "MetricStat": {"Metric": named, "Period": 60, "Stat": "Average", **stat}}


def ask(*queries: Mapping[str, Any], of: Catalog | None = None, **more: Any) -> dict[str, Any]:
    window = {"StartTime": NOW - 10 * MINUTE, "EndTime": NOW}
    return OPERATIONS["GetMetricData"](of or catalog(), {"MetricDataQueries": [*queries], **window, **more}, NOW)


def code_of(operation: str, parameters: Mapping[str, Any]) -> str:
    with pytest.raises(ServiceError) as raised:
        OPERATIONS[operation](catalog(), parameters, NOW)
    return raised.value.code


def test_datapoints_come_newest_first_unless_asked_otherwise() -> None:
    newest = ask(query())["MetricDataResults"][0]
    oldest = ask(query(), ScanBy="TimestampAscending")["MetricDataResults"][0]
    assert newest["Timestamps"] == [NOW - minutes * MINUTE for minutes in range(1, 11)]
    assert oldest["Timestamps"] == newest["Timestamps"][::-1]
    assert newest["Values"] == [5.0] * 10
    assert (newest["Id"], newest["Label"], newest["StatusCode"]) == ("a", "M000", "Complete")


@pytest.mark.parametrize(("metric", "dimension"), [("Nobody", "1"), ("M000", "1"), ("Idle", "1")])
def test_a_metric_without_datapoints_answers_empty_and_complete(metric: str, dimension: str) -> None:
    result = ask(query(metric=metric, dimension=dimension))["MetricDataResults"][0]
    assert (result["Timestamps"], result["Values"], result["StatusCode"]) == ([], [], "Complete")


def test_another_unit_than_the_metric_has_answers_empty() -> None:
    assert ask(query(Unit="Bytes"))["MetricDataResults"][0]["Values"] == []
    assert len(ask(query(Unit="Count"))["MetricDataResults"][0]["Values"]) == 10


def test_a_query_that_returns_no_data_is_left_out() -> None:
    assert [each["Id"] for each in ask({**query("a"), "ReturnData": False}, query("b"))["MetricDataResults"]] == ["b"]


@pytest.mark.parametrize("limit", [1, 7, 10, 11, 25, 100])
def test_pages_together_are_the_whole(limit: int) -> None:
    queries = [query("a"), query("idle", "Idle", "1"), query("b", "M001", "1"), query("c", "Age", "1")]
    whole = {each["Id"]: each["Values"] for each in ask(*queries)["MetricDataResults"]}
    values: dict[str, list[float]] = {}
    last: dict[str, str] = {}
    token, pages = None, 0
    while True:
        page = ask(*queries, MaxDatapoints=limit, NextToken=token)
        pages += 1
        assert sum(len(each["Values"]) for each in page["MetricDataResults"]) <= limit
        for each in page["MetricDataResults"]:
            values.setdefault(each["Id"], []).extend(each["Values"])
            last[each["Id"]] = each["StatusCode"]
        token = page.get("NextToken")
        if token is None:
            break
    assert values == whole
    assert set(last.values()) == {"Complete"}
    assert pages == -(-30 // limit)


@pytest.mark.parametrize(
    ("period", "age", "kept"),
    [
        (60, 14 * DAY, True),
        (60, 16 * DAY, False),
        (300, 62 * DAY, True),
        (300, 64 * DAY, False),
        (3600, 400 * DAY, True),
    ],
)
def test_datapoints_are_kept_as_long_as_their_period_allows(
    period: int,
    age: int,
    kept: bool,  # noqa: FBT001 - a table
) -> None:
    found = ask(query(Period=period), StartTime=NOW - age, EndTime=NOW - age + 2 * HOUR)["MetricDataResults"][0][
        "Values"
    ]
    assert bool(found) is kept


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"MetricDataQueries": [query(f"q{n}") for n in range(501)]}, "ValidationError"),
        ({"MetricDataQueries": []}, "MissingParameter"),
        ({"MetricDataQueries": [query("Upper")]}, "ValidationError"),
        ({"MetricDataQueries": [query("a"), query("a")]}, "ValidationError"),
        ({"MetricDataQueries": [query(Stat="median")]}, "ValidationError"),
        ({"MetricDataQueries": [query(Period=61)]}, "ValidationError"),
        ({"MetricDataQueries": [{"Id": "a"}]}, "MissingParameter"),
        ({"MetricDataQueries": [{"Id": "a", "Expression": "m1 * 2"}]}, "ValidationError"),
        ({"EndTime": NOW - DAY}, "ValidationError"),
        ({"StartTime": None}, "MissingParameter"),
        ({"MaxDatapoints": 100_801}, "ValidationError"),
        ({"ScanBy": "Random"}, "ValidationError"),
        ({"NextToken": "nonsense"}, "InvalidNextToken"),
        ({"NextToken": "WyJMaXN0TWV0cmljcyIsIDUwMCwgMS4wXQ=="}, "InvalidNextToken"),
    ],
)
def test_a_bad_question_gets_awss_error(parameters: Mapping[str, Any], code: str) -> None:
    good = {"MetricDataQueries": [query()], "StartTime": NOW - HOUR, "EndTime": NOW}
    assert code_of("GetMetricData", {**good, **parameters}) == code


def listed(**filters: Any) -> list[str]:
    names: list[str] = []
    token = None
    known = catalog()
    while True:
        page = OPERATIONS["ListMetrics"](known, {**filters, "NextToken": token}, NOW)
        assert len(page["Metrics"]) <= 500
        names.extend(each["MetricName"] for each in page["Metrics"])
        token = page.get("NextToken")
        if token is None:
            return names


def test_metrics_are_listed_for_two_weeks_after_their_last_datapoint() -> None:
    names = listed()
    assert len(names) == 504
    assert "Quiet" in names
    assert "Gone" not in names


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"MetricName": "M007"}, ["M007"]),
        ({"Dimensions": [{"Name": "D", "Value": "500"}]}, ["M500"]),
        ({"Dimensions": [{"Name": "D"}], "MetricName": "M007"}, ["M007"]),
        ({"Dimensions": [{"Name": "Other"}]}, []),
        ({"Namespace": "AWS/Other"}, []),
        ({"RecentlyActive": "PT3H", "MetricName": "Quiet"}, []),
    ],
)
def test_listing_filters(filters: dict[str, Any], found: list[str]) -> None:
    assert listed(**filters) == found


def test_only_three_hours_count_as_recent() -> None:
    assert code_of("ListMetrics", {"RecentlyActive": "PT1H"}) == "InvalidParameterValue"


def statistics(**more: Any) -> dict[str, Any]:
    return {
        "Namespace": "AWS/Test",
        "MetricName": "M000",
        "Dimensions": [{"Name": "D", "Value": "0"}],
        "StartTime": NOW - HOUR,
        "EndTime": NOW,
        "Period": 300,
        "Statistics": ["Sum", "SampleCount"],
        **more,
    }


def test_get_metric_statistics_answers_every_statistic_of_every_period() -> None:
    found = OPERATIONS["GetMetricStatistics"](catalog(), statistics(ExtendedStatistics=["p99"]), NOW)
    assert len(found["Datapoints"]) == 12
    assert sorted(each["Timestamp"] for each in found["Datapoints"]) == [NOW - HOUR + n * 300 for n in range(12)]
    assert found["Datapoints"][0]["Sum"] == 25.0
    assert found["Datapoints"][0]["SampleCount"] == 5.0
    assert found["Datapoints"][0]["ExtendedStatistics"] == {"p99": 5.0}
    assert found["Datapoints"][0]["Unit"] == "Count"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Period": 60, "StartTime": NOW - 2 * DAY}, "InvalidParameterCombination"),
        ({"Statistics": []}, "InvalidParameterCombination"),
        ({"Statistics": ["p99"]}, "InvalidParameterValue"),
        ({"Period": 7}, "InvalidParameterValue"),
        ({"EndTime": NOW - 2 * HOUR}, "InvalidParameterValue"),
        ({"Namespace": None}, "MissingParameter"),
    ],
)
def test_a_bad_request_for_statistics(change: Mapping[str, Any], code: str) -> None:
    assert code_of("GetMetricStatistics", statistics(**change)) == code


def put(known: Catalog, *data: Mapping[str, Any], namespace: str = "PPBE/Own") -> None:
    OPERATIONS["PutMetricData"](known, {"Namespace": namespace, "MetricData": [*data]}, NOW)


def read(known: Catalog, statistic: str) -> list[float]:
    named = {"Namespace": "PPBE/Own", "MetricName": "m", "Dimensions": []}
    stat = {"Metric": named, "Period": 60, "Stat": statistic}
    answer = ask({"Id": "a", "MetricStat": stat}, of=known)
    return list(answer["MetricDataResults"][0]["Values"])


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("Sum", 123.0),
        ("SampleCount", 6.0),
        ("Minimum", 1.0),
        ("Maximum", 100.0),
        ("p50", 1.0),
        ("p60", 10.0),
        ("p99", 100.0),
    ],
)
def test_published_values_are_answered_back(statistic: str, value: float) -> None:
    known = Catalog()
    put(known, {"MetricName": "m", "Value": 100.0, "Timestamp": NOW - 90})
    put(known, {"MetricName": "m", "Values": [1.0, 10.0], "Counts": [3, 2], "Timestamp": NOW - 61})
    assert read(known, statistic) == [value]


def test_a_statistic_set_counts_as_its_samples() -> None:
    known = Catalog()
    numbers = {"SampleCount": 4, "Sum": 40, "Minimum": 5, "Maximum": 20}
    put(known, {"MetricName": "m", "StatisticValues": numbers, "Timestamp": NOW - 60})
    assert read(known, "Average") == [10.0]
    assert read(known, "Maximum") == [20.0]


def test_a_high_resolution_metric_answers_below_a_minute_and_another_does_not() -> None:
    known = Catalog()
    for resolution, name in ((1, "fine"), (60, "coarse")):
        put(known, {"MetricName": name, "Value": 1.0, "Timestamp": NOW - 20, "StorageResolution": resolution})
    for name, found in (("fine", [1.0]), ("coarse", [])):
        named = {"Namespace": "PPBE/Own", "MetricName": name}
        answer = ask({"Id": "a", "MetricStat": {"Metric": named, "Period": 10, "Stat": "Sum"}}, of=known)
        assert answer["MetricDataResults"][0]["Values"] == found


@pytest.mark.parametrize(
    ("datum", "code"),
    [
        ({"MetricName": "m"}, "InvalidParameterCombination"),
        ({"MetricName": "m", "Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination"),
        ({"MetricName": "m", "Values": [1.0], "Counts": [1, 2]}, "InvalidParameterValue"),
        ({"MetricName": "m", "Value": float("nan")}, "InvalidParameterValue"),
        ({"MetricName": "m", "Value": 1.0, "Timestamp": NOW - 15 * DAY}, "InvalidParameterValue"),
        ({"MetricName": "m", "Value": 1.0, "Timestamp": NOW + 3 * HOUR}, "InvalidParameterValue"),
        ({"MetricName": "m", "Value": 1.0, "StorageResolution": 30}, "InvalidParameterValue"),
        ({"Value": 1.0}, "MissingParameter"),
    ],
)
def test_a_bad_datum_is_refused(datum: Mapping[str, Any], code: str) -> None:
    assert code_of("PutMetricData", {"Namespace": "PPBE/Own", "MetricData": [datum]}) == code


def test_nothing_is_stored_where_one_datum_is_wrong() -> None:
    known = Catalog()
    with pytest.raises(ServiceError):
        put(known, {"MetricName": "m", "Value": 1.0, "Timestamp": NOW - 60}, {"MetricName": "m"})
    assert read(known, "Sum") == []


def test_nobody_publishes_into_awss_namespaces() -> None:
    parameters = {"Namespace": "AWS/RDS", "MetricData": [{"MetricName": "m", "Value": 1.0}]}
    assert code_of("PutMetricData", parameters) == "InvalidParameterValue"


def test_the_fifty_first_call_of_a_second_is_throttled_and_the_next_second_is_not() -> None:
    rates = Rates()
    for _ in range(50):
        rates.take("1", "r", "GetMetricData", NOW)
    with pytest.raises(ServiceError) as raised:
        rates.take("1", "r", "GetMetricData", NOW)
    assert raised.value.code == "Throttling"
    rates.take("1", "elsewhere", "GetMetricData", NOW)
    rates.take("1", "r", "GetMetricData", NOW + 1)
