"""Faults, each as a client of the wire sees it."""

import datetime as dt
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from ppbe_observe.simulate import Effect, Fault, SimulatedEstate
from support.simulated import client, simulated_estate

GET = "cloudwatch:GetMetricData"
LIST = "cloudwatch:ListMetrics"


def ask(estate: SimulatedEstate, **more: Any) -> dict[str, Any]:
    end = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(minutes=10)
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "ppbe-production"}],
    }
    queries = [{"Id": f"q{n}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}} for n in range(4)]
    answer: dict[str, Any] = client(estate, "cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=end - dt.timedelta(minutes=10), EndTime=end, **more
    )
    return answer


@pytest.mark.parametrize(
    ("effect", "code", "status"),
    [
        (Effect.THROTTLED, "Throttling", 400),
        (Effect.DENIED, "AccessDenied", 403),
        (Effect.SERVER_ERROR, "InternalServiceError", 500),
        (Effect.UNAVAILABLE, "ServiceUnavailable", 503),
        (Effect.SKEWED, "RequestTimeTooSkewed", 403),
        (Effect.EXPIRED, "ExpiredToken", 403),
    ],
)
def test_a_refusal_has_its_code_and_its_status(estate: SimulatedEstate, effect: Effect, code: str, status: int) -> None:
    estate.faults.add(Fault(GET, effect))
    with pytest.raises(ClientError) as raised:
        ask(estate)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert estate.requests.by_call() == {GET: {code: 1}}


def test_a_fault_of_two_times_is_over_after_two_calls(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.THROTTLED, times=2))
    for _ in range(2):
        with pytest.raises(ClientError):
            ask(estate)
    assert len(ask(estate)["MetricDataResults"]) == 4
    assert estate.requests.by_call() == {GET: {"Throttling": 2, "ok": 1}}


def test_half_of_the_calls_are_every_second_one(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.THROTTLED, share=0.5))
    outcomes = []
    for _ in range(6):
        try:
            ask(estate)
            outcomes.append("ok")
        except ClientError:
            outcomes.append("throttled")
    assert outcomes == ["ok", "throttled"] * 3


def test_a_fault_of_another_region_or_operation_is_not_met(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.DENIED, region="us-gov-east-1"), Fault("rds:*", Effect.DENIED))
    assert len(ask(estate)["MetricDataResults"]) == 4


def post(estate: SimulatedEstate, timeout: float = 10.0) -> httpx.Response:
    """Without an SDK: botocore takes an answer that it cannot read for an empty one."""
    headers = {
        "x-amz-target": "GraniteServiceVersion20100801.ListMetrics",
        "authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-gov-west-1/monitoring/aws4_request",
    }
    return httpx.post(estate.url, content=b"{}", headers=headers, timeout=timeout)


def test_malformed_json_is_no_json(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(LIST, Effect.MALFORMED, times=1))
    answer = post(estate)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        answer.json()
    assert len(post(estate).json()["Metrics"]) == 500


def test_a_truncated_body_ends_before_its_length(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(LIST, Effect.TRUNCATED, times=1))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        post(estate)
    assert len(post(estate).json()["Metrics"]) == 500


def test_a_call_that_hangs_answers_nothing_and_keeps_nobody_else(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(LIST, Effect.HANG))
    with pytest.raises(httpx.ReadTimeout):
        post(estate, timeout=0.3)
    assert client(estate, "rds").describe_db_instances()["DBInstances"]


def test_a_slow_answer_is_a_good_one(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.SLOW, seconds=0.2))
    began = dt.datetime.now(dt.UTC)
    assert len(ask(estate)["MetricDataResults"]) == 4
    assert (dt.datetime.now(dt.UTC) - began).total_seconds() >= 0.2


def test_partial_data_is_half_of_it_and_says_so(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.PARTIAL))
    results = ask(estate)["MetricDataResults"]
    assert {each["StatusCode"] for each in results} == {"PartialData"}
    assert {len(each["Values"]) for each in results} == {5}


@pytest.mark.parametrize(
    ("effect", "status"), [(Effect.INTERNAL_ERROR, "InternalError"), (Effect.FORBIDDEN, "Forbidden")]
)
def test_every_second_result_fails_in_a_good_answer(estate: SimulatedEstate, effect: Effect, status: str) -> None:
    estate.faults.add(Fault(GET, effect))
    results = ask(estate)["MetricDataResults"]
    assert [each["StatusCode"] for each in results] == [status, "Complete", status, "Complete"]
    assert [len(each["Values"]) for each in results] == [0, 10, 0, 10]


def test_a_looping_token_leads_to_the_same_page_for_ever(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault(GET, Effect.LOOP), Fault("cloudwatch:ListMetrics", Effect.LOOP))
    first = ask(estate)
    second = ask(estate, NextToken=first["NextToken"])
    assert second["NextToken"] == first["NextToken"]
    assert [each["Id"] for each in second["MetricDataResults"]] == [each["Id"] for each in first["MetricDataResults"]]
    cloudwatch = client(estate, "cloudwatch")
    page = cloudwatch.list_metrics()
    again = cloudwatch.list_metrics(NextToken=page["NextToken"])
    assert again["NextToken"] == page["NextToken"]


def test_faults_by_http(estate: SimulatedEstate) -> None:
    address = f"{estate.url}/_simulate/faults"
    httpx.post(address, json={"operation": GET, "effect": "denied"}).raise_for_status()
    with pytest.raises(ClientError, match="AccessDenied"):
        ask(estate)
    httpx.delete(address).raise_for_status()
    assert len(ask(estate)["MetricDataResults"]) == 4
    assert httpx.get(f"{estate.url}/_simulate/requests").json() == {GET: {"AccessDenied": 1, "ok": 1}}


def test_the_real_limit_of_calls_per_second() -> None:
    with simulated_estate(limits=True, clock=lambda: 1_763_985_600.0) as estate:
        cloudwatch = client(estate, "cloudwatch")
        for _ in range(25):
            cloudwatch.list_metrics(Namespace="AWS/VPN")
        with pytest.raises(ClientError, match="Throttling"):
            cloudwatch.list_metrics(Namespace="AWS/VPN")
