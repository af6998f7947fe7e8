"""Incidents: what they do to metrics, to describe answers and to calls, from their start to their end."""

from collections.abc import Callable

import httpx
import pytest
from botocore.exceptions import ClientError

from ppbe_observe.simulate import INCIDENTS, SimulatedEstate
from ppbe_observe.simulate.incidents import Incidents, UnknownIncidentError
from ppbe_observe.simulate.plane.signals import Drift, Events, Level, Signal
from support.metrics import NOON, simulated
from support.simulated import client, simulated_estate

LATER = NOON + 86400


class Clock:
    """Stands still until it is set."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def values(incidents: Incidents, namespace: str, metric: str, signal: Signal, scope: str = "production") -> list[float]:
    """The Sum of each of the 20 minutes around noon; absent ones are -1."""
    series = simulated(signal, metric, namespace=namespace, incidents=incidents, scope=scope)
    found = (series.aggregate(start, 60, LATER) for start in range(NOON - 600, NOON + 600, 60))
    return [-1.0 if each is None else each.total for each in found]


@pytest.mark.parametrize(
    ("incident", "namespace", "metric", "signal", "during"),
    [
        ("db-cpu", "AWS/RDS", "CPUUtilization", Level(20.0), lambda value: 80.0 < value <= 100.0),
        ("api-5xx", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", Events(0.0), lambda value: value > 2.0),
        ("api-memory", "AWS/ECS", "MemoryUtilization", Level(45.0), lambda value: 85.0 < value <= 100.0),
        ("api-down", "AWS/ApplicationELB", "HealthyHostCount", Level(3.0), lambda value: value == 0.0),
        ("api-down", "AWS/ECS", "CPUUtilization", Level(20.0), lambda value: value == -1.0),
    ],
)
def test_an_incident_changes_its_metric_from_its_start_to_its_end(
    incident: str, namespace: str, metric: str, signal: Signal, during: Callable[[float], bool]
) -> None:
    clock = Clock()
    incidents = Incidents(clock)
    healthy = values(incidents, namespace, metric, signal)
    incidents.start(incident)
    clock.now = NOON + 300
    incidents.stop(incident)
    found = values(incidents, namespace, metric, signal)
    assert found[:10] == healthy[:10]
    assert all(during(value) for value in found[10:15])
    assert found[15:] == healthy[15:]
    assert not any(during(value) for value in healthy)


def test_the_alarms_of_the_estate_would_fire() -> None:
    """More than 10 errors in five minutes, at the level of a load balancer with three zones."""
    incidents = Incidents(Clock())
    incidents.start("api-5xx")
    errors = values(incidents, "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", Events(0.0))
    assert 3 * sum(errors[10:15]) == 225.0


def test_storage_drains_and_stays_drained() -> None:
    incidents = Incidents(Clock())
    incidents.start("db-storage")
    gibibyte = float(1 << 30)
    found = values(incidents, "AWS/RDS", "FreeStorageSpace", Drift(100 * gibibyte, 0.0))
    assert found[9] == 100 * gibibyte
    assert found[10:] == sorted(found[10:], reverse=True)
    assert found[-1] < 12 * gibibyte


def test_another_environment_and_another_metric_stay_as_they_are() -> None:
    incidents = Incidents(Clock())
    incidents.start("db-cpu", environment="staging")
    quiet = Incidents(Clock())
    for namespace, metric, scope in (
        ("AWS/RDS", "CPUUtilization", "production"),
        ("AWS/RDS", "ReadIOPS", "staging"),
        ("AWS/ElastiCache", "CPUUtilization", "staging"),
    ):
        signal = Level(20.0)
        assert values(incidents, namespace, metric, signal, scope) == values(quiet, namespace, metric, signal, scope)


def test_an_incident_may_begin_and_end_in_the_past() -> None:
    """Its datapoints are revised: a person need not wait until five minutes have passed."""
    incidents = Incidents(Clock())
    healthy = values(incidents, "AWS/RDS", "CPUUtilization", Level(20.0))
    incidents.start("db-cpu", ago=300)
    found = values(incidents, "AWS/RDS", "CPUUtilization", Level(20.0))
    assert found[:5] == healthy[:5]
    assert all(value > 80.0 for value in found[5:])
    incidents.stop("db-cpu", ago=120)
    found = values(incidents, "AWS/RDS", "CPUUtilization", Level(20.0))
    assert [value > 80.0 for value in found[5:10]] == [True] * 3 + [False] * 2
    assert found[10:] == healthy[10:]
    with pytest.raises(ValueError, match="how long ago"):
        incidents.start("db-cpu", ago=-1)


def test_an_incident_with_a_duration_ends_by_itself() -> None:
    clock = Clock()
    incidents = Incidents(clock)
    incidents.start("db-cpu", duration=60.0)
    assert [each.name for each in incidents.active()] == ["db-cpu"]
    clock.now = NOON + 60
    assert incidents.active() == ()


def test_an_unknown_incident_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(UnknownIncidentError, match=r"db-cpu.*region-down"):
        Incidents(Clock()).start("meteor")


def test_incidents_by_http(estate: SimulatedEstate) -> None:
    address = f"{estate.url}/_simulate/incidents"
    listed = httpx.get(address).json()
    assert set(listed["incidents"]) == set(INCIDENTS) == {
        "db-cpu", "api-5xx", "api-memory", "db-storage", "api-down", "throttling", "denied", "slow", "region-down",
    }  # fmt: skip
    started = httpx.post(f"{address}/db-cpu", json={"environment": "staging", "duration": 90}).json()
    assert (started["name"], started["environment"]) == ("db-cpu", "staging")
    assert started["until"] - started["since"] == 90
    assert [each["name"] for each in httpx.get(address).json()["active"]] == ["db-cpu"]
    past = httpx.post(f"{address}/db-cpu", json={"ago": 900, "duration": 90}).json()
    assert past["until"] - past["since"] == 990
    assert httpx.delete(f"{address}/db-cpu").json()["active"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "incidents/meteor", b"", 404),
        ("DELETE", "incidents/meteor", b"", 404),
        ("POST", "incidents/db-cpu", b'{"planet": "mars"}', 400),
        ("POST", "incidents/db-cpu", b'{"duration": "long"}', 400),
        ("POST", "incidents/db-cpu", b'{"ago": -60}', 400),
        ("DELETE", "incidents/db-cpu", b'{"planet": "mars"}', 400),
        ("POST", "incidents/db-cpu", b"{", 400),
        ("POST", "incidents/db-cpu", b"[]", 400),
        ("POST", "faults", b'{"operation": "*", "effect": "meteor"}', 400),
        ("GET", "nothing", b"", 404),
    ],
)
def test_a_bad_switch_says_so(estate: SimulatedEstate, method: str, path: str, body: bytes, status: int) -> None:
    answer = httpx.request(method, f"{estate.url}/_simulate/{path}", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]
    if status == 404 and "incidents" in path:
        assert "db-cpu" in answer.json()["incidents"]


def test_the_api_is_down_in_ecs_and_behind_the_load_balancer_until_it_is_up_again(estate: SimulatedEstate) -> None:
    ecs, elb = client(estate, "ecs"), client(estate, "elbv2")
    groups = elb.describe_target_groups(Names=["ppbe-production-api"])["TargetGroups"]

    def seen() -> tuple[int, set[str]]:
        service = ecs.describe_services(cluster="ppbe-production", services=["ppbe-api"])["services"][0]
        health = elb.describe_target_health(TargetGroupArn=groups[0]["TargetGroupArn"])["TargetHealthDescriptions"]
        return service["runningCount"], {each["TargetHealth"]["State"] for each in health}

    assert seen() == (3, {"healthy"})
    estate.incidents.start("api-down")
    assert seen() == (0, {"unhealthy"})
    estate.incidents.stop("api-down")
    assert seen() == (3, {"healthy"})


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


def test_throttling_is_cloudwatchs_alone_unless_said(estate: SimulatedEstate) -> None:
    cloudwatch, rds = client(estate, "cloudwatch"), client(estate, "rds")
    estate.incidents.start("throttling")
    assert code_of(cloudwatch.list_metrics) == "Throttling"
    assert rds.describe_db_instances()["DBInstances"]
    estate.incidents.start("throttling", operation="rds:*")
    assert cloudwatch.list_metrics()["Metrics"]
    assert code_of(rds.describe_db_instances) == "Throttling"


def test_denied_is_one_operation_where_said_and_never_who_am_i(estate: SimulatedEstate) -> None:
    cloudwatch, rds, sts = (client(estate, service) for service in ("cloudwatch", "rds", "sts"))
    estate.incidents.start("denied", operation="rds:DescribeDBInstances")
    assert code_of(rds.describe_db_instances) == "AccessDenied"
    assert cloudwatch.list_metrics()["Metrics"]
    estate.incidents.start("denied")
    assert code_of(cloudwatch.list_metrics) == "AccessDenied"
    assert sts.get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("ecs", "list_clusters", "AccessDeniedException"),
        ("elbv2", "describe_load_balancers", "AccessDenied"),
        ("s3", "list_buckets", "AccessDenied"),
        ("logs", "describe_log_groups", "AccessDeniedException"),
        ("guardduty", "list_detectors", "AccessDeniedException"),
    ],
)
def test_denied_in_the_words_of_each_service(estate: SimulatedEstate, service: str, operation: str, code: str) -> None:
    estate.incidents.start("denied")
    assert code_of(getattr(client(estate, service), operation)) == code


def test_a_region_that_is_down_leaves_the_other_one_up(estate: SimulatedEstate) -> None:
    estate.incidents.start("region-down")
    assert code_of(client(estate, "rds").describe_db_instances) == "ServiceUnavailable"
    assert code_of(client(estate, "cloudwatch").list_metrics) == "ServiceUnavailable"
    assert client(estate, "rds", "us-gov-east-1").describe_db_instances()["DBInstances"]


def test_slow_takes_as_long_as_said(estate: SimulatedEstate) -> None:
    rds = client(estate, "rds")
    rds.describe_db_instances()
    estate.incidents.start("slow", operation="rds:*", seconds=0.3)
    answers = [rds.describe_db_instances()["ResponseMetadata"], client(estate, "sns").list_topics()["ResponseMetadata"]]
    assert [each["HTTPStatusCode"] for each in answers] == [200, 200]
    assert estate.requests.count("rds:DescribeDBInstances", "ok") == 2


def test_the_past_stays_as_the_incident_left_it() -> None:
    """A client that asks again after the incident is answered the same datapoints as before."""
    clock = Clock()
    with simulated_estate(clock=clock, late=False) as estate:
        estate.incidents.start("db-cpu")
        clock.now = NOON + 600
        during = cpu(estate)
        estate.incidents.stop("db-cpu")
        clock.now = NOON + 1200
        assert cpu(estate)[-10:] == during
        assert max(cpu(estate)[:9]) < 80.0 < min(during)


def cpu(estate: SimulatedEstate) -> list[float]:
    """Newest first, since noon."""
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": "ppbe-production"}]
    metric = {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Dimensions": dimensions}
    query = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
    answer = client(estate, "cloudwatch").get_metric_data(
        MetricDataQueries=[query], StartTime=float(NOON), EndTime=float(LATER)
    )
    return list(answer["MetricDataResults"][0]["Values"])
