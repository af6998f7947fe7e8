"""Every wire format, spoken by AWS's own serializers and parsers."""

import datetime as dt
import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import cbor2
import httpx
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from ppbe_observe.simulate import SimulatedEstate
from support.simulated import ONE_ATTEMPT, client

PROTOCOLS = ("json", "smithy-rpc-v2-cbor", "query")
CPU = {
    "Namespace": "AWS/RDS",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "ppbe-production"}],
}
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-gov-west-1/monitoring/aws4_request, Signature=0"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@lru_cache
def session_speaking(protocol: str, folder: Path) -> boto3.Session:
    """A session whose CloudWatch clients are told by their own service model to speak one protocol."""
    model = Loader().load_service_model("cloudwatch", "service-2")
    metadata = {**model["metadata"], "protocol": protocol, "protocols": [protocol]}
    if protocol == "query":
        metadata.pop("awsQueryCompatible")
    place = folder / "cloudwatch" / "2010-08-01"
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps({**model, "metadata": metadata}))
    core = botocore.session.get_session()
    core.get_component("data_loader").search_paths.insert(0, str(folder))
    return boto3.Session(botocore_session=core)


@pytest.fixture(params=PROTOCOLS)
def cloudwatch(request: pytest.FixtureRequest, estate: SimulatedEstate, models: Path) -> Any:
    made = session_speaking(request.param, models / request.param).client(
        "cloudwatch",
        region_name="us-gov-west-1",
        endpoint_url=estate.url,
        aws_access_key_id="AKIA",
        aws_secret_access_key="x",
        config=ONE_ATTEMPT,
    )
    assert made.meta.service_model.resolved_protocol == request.param
    return made


def ten_minutes() -> dict[str, dt.datetime]:
    """Long enough ago that nothing is late any more."""
    end = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(minutes=10)
    return {"StartTime": end - dt.timedelta(minutes=10), "EndTime": end}


def test_get_metric_data_is_the_same_in_every_protocol(cloudwatch: Any, estate: SimulatedEstate) -> None:
    queries = [{"Id": f"q{n}", "MetricStat": {"Metric": CPU, "Period": 60, "Stat": f"p{n}"}} for n in (50, 99)]
    window = ten_minutes()
    asked = {"MetricDataQueries": queries, **window}
    found = cloudwatch.get_metric_data(**asked)["MetricDataResults"]
    assert [each["Id"] for each in found] == ["q50", "q99"]
    assert len(found[0]["Values"]) == 10
    assert found[0]["Timestamps"][0] == window["EndTime"] - dt.timedelta(minutes=1)
    expected = client(estate, "cloudwatch").get_metric_data(**asked)["MetricDataResults"]
    assert [each["Values"] for each in found] == [each["Values"] for each in expected]
    assert [each["StatusCode"] for each in found] == ["Complete", "Complete"]


def test_get_metric_statistics(cloudwatch: Any) -> None:
    asked = {**CPU, **ten_minutes(), "Period": 300, "Statistics": ["Average", "Maximum"]}
    found = cloudwatch.get_metric_statistics(**asked)
    datapoint = found["Datapoints"][0]
    assert 0.0 < datapoint["Average"] <= datapoint["Maximum"] <= 100.0
    assert datapoint["Unit"] == "Percent"
    assert datapoint["Timestamp"].tzinfo is not None


def test_extended_statistics(cloudwatch: Any) -> None:
    asked = {**CPU, **ten_minutes(), "Period": 300, "ExtendedStatistics": ["p50", "p99"]}
    found = cloudwatch.get_metric_statistics(**asked)["Datapoints"][0]["ExtendedStatistics"]
    assert found["p50"] <= found["p99"]


def test_list_metrics_pages(cloudwatch: Any) -> None:
    pages = list(cloudwatch.get_paginator("list_metrics").paginate())
    assert len(pages[0]["Metrics"]) == 500
    names = [
        (each["Namespace"], each["MetricName"], str(each["Dimensions"])) for page in pages for each in page["Metrics"]
    ]
    assert len(set(names)) == len(names) > 700


def test_put_metric_data_comes_back(cloudwatch: Any) -> None:
    window = ten_minutes()
    named = {"MetricName": "heartbeat", "Dimensions": [{"Name": "Shard", "Value": "007"}]}
    datum = {**named, "Values": [1.5, 2.0], "Counts": [1, 3], "Timestamp": window["StartTime"], "Unit": "Count"}
    namespace = f"PPBE/{cloudwatch.meta.service_model.resolved_protocol}"
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])
    stat = {"Metric": {"Namespace": namespace, **named}, "Period": 60, "Stat": "Sum"}
    found = cloudwatch.get_metric_data(MetricDataQueries=[{"Id": "a", "MetricStat": stat}], **window)
    assert found["MetricDataResults"][0]["Values"] == [7.5]
    assert found["MetricDataResults"][0]["Timestamps"] == [window["StartTime"]]


def test_an_error_has_the_name_that_sdks_show(cloudwatch: Any) -> None:
    queries = [{"Id": f"q{n}", "MetricStat": {"Metric": CPU, "Period": 60, "Stat": "Sum"}} for n in range(501)]
    with pytest.raises(ClientError) as raised:
        cloudwatch.get_metric_data(MetricDataQueries=queries, **ten_minutes())
    answer = raised.value.response
    assert answer["Error"]["Code"] == "ValidationError"
    assert "size greater than 500" in answer["Error"]["Message"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RequestId"]


def test_operations_of_moto_answer_in_every_protocol(cloudwatch: Any) -> None:
    names = {each["AlarmName"]: each for each in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert names["ppbe-production-db-cpu"]["Threshold"] == 80.0
    assert isinstance(names["ppbe-production-db-cpu"]["StateUpdatedTimestamp"], dt.datetime)


def post(estate: SimulatedEstate, body: bytes, operation: str = "ListMetrics", **headers: str) -> httpx.Response:
    cbor = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor", "authorization": SIGNED}
    path = f"/service/GraniteServiceVersion20100801/operation/{operation}"
    return httpx.post(estate.url + path, content=body, headers=cbor | headers, timeout=10)


def test_a_packed_body_is_unpacked(estate: SimulatedEstate) -> None:
    """SDKs compress PutMetricData above 10 KiB."""
    data = [{"MetricName": f"m{n}", "Value": float(n)} for n in range(300)]
    body = gzip.compress(cbor2.dumps({"Namespace": "PPBE/Packed", "MetricData": data}))
    answer = post(estate, body, "PutMetricData", **{"content-encoding": "gzip"})
    assert (answer.status_code, answer.content) == (200, b"")
    listed = client(estate, "cloudwatch").list_metrics(Namespace="PPBE/Packed")["Metrics"]
    assert len(listed) == 300


@pytest.mark.parametrize("body", [b"\xff\xff", b"\x01", b"{}"])
def test_a_body_that_is_no_cbor_map_is_a_serialization_error(estate: SimulatedEstate, body: bytes) -> None:
    answer = post(estate, body)
    assert answer.status_code == 400
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert cbor2.loads(answer.content)["__type"].endswith("#SerializationException")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_a_serialization_error(estate: SimulatedEstate, body: bytes) -> None:
    headers = {"x-amz-target": "GraniteServiceVersion20100801.ListMetrics", "authorization": SIGNED}
    answer = httpx.post(estate.url, content=body, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-query-error"] == "SerializationException;Sender"


def test_connections_are_kept_alive(estate: SimulatedEstate) -> None:
    with httpx.Client(base_url=estate.url) as connection:
        first, second = (connection.get("/_simulate/health") for _ in range(2))
        ports = [each.extensions["network_stream"].get_extra_info("client_addr") for each in (first, second)]
    assert ports[0] == ports[1]
    assert first.http_version == "HTTP/1.1"
