"""How often AWS is asked, and what is told when it refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from time import monotonic
from typing import Any

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.aws.gather.tags import tags_of
from ppbe_observe.aws.inventory import Discovery, Inventory
from ppbe_observe.aws.services import GATHERERS, KINDS, operations_of
from ppbe_observe.model import Failure, Reason, Resource
from support.gathering import GOVCLOUD, LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAX_AGE = timedelta(minutes=5)
TOPICS = ("sns:topic",)


def topics(session: LocalSession, *names: str) -> None:
    for name in names:
        session.client("sns").create_topic(Name=name, Tags=[{"Key": "name", "Value": name}])
    session.calls.clear()


def names(found: Discovery) -> list[str]:
    return [each.dimensions[0][1] for each in found.resources]


def test_asks_again_only_after_max_age(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    inventory = Inventory(local_session, MAX_AGE)
    first = inventory.resources(TOPICS, NOW)
    topics(local_session, "pages")
    again = inventory.resources(TOPICS, NOW + MAX_AGE - timedelta(seconds=1))
    assert local_session.calls == {}
    assert again.resources is first.resources  # collect selects anew only when it is another tuple
    later = inventory.resources(TOPICS, NOW + MAX_AGE)
    assert names(later) == ["alerts", "pages"]
    assert local_session.calls == {"sns:ListTopics": 1, "tag:GetResources": 1}


def test_a_clock_that_was_set_back_does_not_freeze_the_answer(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    inventory = Inventory(local_session, MAX_AGE)
    inventory.resources(TOPICS, NOW)
    topics(local_session, "pages")
    assert names(inventory.resources(TOPICS, NOW - timedelta(days=1))) == ["alerts", "pages"]


def test_exporters_that_ask_at_once_share_one_call(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    inventory = Inventory(local_session, MAX_AGE)
    barrier = Barrier(8)

    def ask(_: int) -> Discovery:
        barrier.wait()
        return inventory.resources(TOPICS, NOW)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert {tuple(names(each)) for each in found} == {("alerts",)}
    assert local_session.calls == {"sns:ListTopics": 1, "tag:GetResources": 1}


def test_one_listing_of_tags_serves_all_services(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    local_session.client("logs").create_log_group(logGroupName="/ecs/api")
    inventory = Inventory(local_session, MAX_AGE)
    inventory.resources(TOPICS, NOW)
    inventory.resources(("logs:log-group",), NOW)
    assert local_session.calls["tag:GetResources"] == 1


def test_nothing_to_join_needs_no_listing_of_tags(local_session: LocalSession) -> None:
    assert Inventory(local_session, MAX_AGE).resources(TOPICS, NOW) == Discovery()
    assert local_session.calls == {"sns:ListTopics": 1}


def test_untagged_resources_are_found(local_session: LocalSession) -> None:
    local_session.client("sns").create_topic(Name="untagged")
    (found,) = Inventory(local_session, MAX_AGE).resources(TOPICS, NOW).resources
    assert found.tags == ()


def test_a_denied_tagging_api_loses_the_tags_only(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    local_session.refuse("tag:GetResources", "AccessDeniedException", message="not authorized")
    inventory = Inventory(local_session, MAX_AGE)
    found = inventory.resources(TOPICS, NOW)
    assert names(found) == ["alerts"]
    assert found.resources[0].tags == ()
    assert found.failures == (Failure(Reason.DENIED, "tag:GetResources", "AccessDeniedException: not authorized"),)
    local_session.faults.clear()
    (allowed,) = inventory.resources(TOPICS, NOW + timedelta(minutes=1)).resources
    assert allowed.tags == (("name", "alerts"),)


@pytest.mark.parametrize(
    ("operation", "kind", "code", "reason"),
    [
        ("elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:loadbalancer", "AccessDenied", "denied"),
        ("rds:DescribeDBInstances", "rds:db", "Throttling", "throttled"),
        ("ecs:ListClusters", "ecs:cluster", "ThrottlingException", "throttled"),
        ("elasticache:DescribeCacheClusters", "elasticache:cluster", "AccessDenied", "denied"),
        ("ec2:DescribeNatGateways", "ec2:natgateway", "UnauthorizedOperation", "denied"),
        ("ec2:DescribeVpnConnections", "ec2:vpn-connection", "RequestLimitExceeded", "throttled"),
        ("wafv2:ListWebACLs", "wafv2:webacl", "AccessDeniedException", "denied"),
        ("logs:DescribeLogGroups", "logs:log-group", "ExpiredTokenException", "expired"),
        ("sns:ListTopics", "sns:topic", "AuthorizationError", "denied"),
        ("s3:ListBuckets", "s3:bucket", "AccessDenied", "denied"),
        ("acm:ListCertificates", "acm:certificate", "ThrottlingException", "throttled"),
    ],
)
def test_a_refused_listing_is_a_failure_not_an_empty_answer(
    local_session: LocalSession, operation: str, kind: str, code: str, reason: str
) -> None:
    local_session.refuse(operation, code)
    found = Inventory(local_session, MAX_AGE).resources((kind,), NOW)
    assert found == Discovery((), (Failure(Reason(reason), operation, f"{code}: no"),))


def test_a_failure_is_not_asked_again_at_once_but_told_to_all(local_session: LocalSession) -> None:
    local_session.refuse("sns:ListTopics", "AuthorizationError")
    inventory = Inventory(local_session, MAX_AGE)
    told = [inventory.resources(TOPICS, NOW + timedelta(seconds=after)).failures for after in (0, 1, 59)]
    assert local_session.calls == {"sns:ListTopics": 1}
    assert [each[0].reason for each in told] == [Reason.DENIED] * 3
    inventory.resources(TOPICS, NOW + timedelta(seconds=60))
    assert local_session.calls == {"sns:ListTopics": 2}


def test_the_last_good_answer_is_shown_beside_the_failure_until_it_is_too_old(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    inventory = Inventory(local_session, MAX_AGE, stale=3)
    inventory.resources(TOPICS, NOW)
    local_session.refuse("sns:ListTopics", "InternalError", status=500)
    young = inventory.resources(TOPICS, NOW + 3 * MAX_AGE - timedelta(seconds=1))
    assert names(young) == ["alerts"]
    assert [each.reason for each in young.failures] == [Reason.SERVER]
    old = inventory.resources(TOPICS, NOW + 3 * MAX_AGE)
    assert old.resources == ()
    assert [each.reason for each in old.failures] == [Reason.SERVER]


def test_one_kind_that_fails_does_not_stop_another(local_session: LocalSession) -> None:
    topics(local_session, "alerts")
    local_session.refuse("logs:DescribeLogGroups", "AccessDeniedException")
    found = Inventory(local_session, MAX_AGE).resources(("logs:log-group", "sns:topic"), NOW)
    assert names(found) == ["alerts"]
    assert [each.operation for each in found.failures] == ["logs:DescribeLogGroups"]


@pytest.mark.parametrize("body", ["<html>proxy</html>", "", '{"logGroups": null}', '{"logGroups": [{}]}', "[]"])
def test_a_malformed_answer_is_a_failure(local_session: LocalSession, body: str) -> None:
    local_session.faults["logs:DescribeLogGroups"] = lambda: answer(200, body)
    found = Inventory(local_session, MAX_AGE).resources(("logs:log-group",), NOW)
    assert found.resources == ()
    assert [(each.operation, each.reason) for each in found.failures] == [("logs:DescribeLogGroups", Reason.MALFORMED)]


@pytest.mark.parametrize(
    ("operation", "kind", "body"),
    [
        ("wafv2:ListWebACLs", "wafv2:webacl", '{"WebACLs": [], "NextMarker": "same"}'),
        ("logs:DescribeLogGroups", "logs:log-group", '{"logGroups": [], "nextToken": "same"}'),
    ],
)
def test_a_page_token_that_loops_ends(local_session: LocalSession, operation: str, kind: str, body: str) -> None:
    local_session.faults[operation] = lambda: answer(200, body)
    found = Inventory(local_session, MAX_AGE).resources((kind,), NOW)
    assert [(each.operation, each.reason) for each in found.failures] == [(operation, Reason.MALFORMED)]
    assert local_session.calls[operation] <= 3


def test_nothing_is_asked_after_the_deadline(local_session: LocalSession) -> None:
    found = Inventory(local_session, MAX_AGE).resources(TOPICS, NOW, deadline=monotonic() - 1)
    assert [each.reason for each in found.failures] == [Reason.TIMEOUT]
    assert local_session.calls == {}


def test_who_waits_for_another_run_waits_no_longer_than_its_own_deadline() -> None:
    started, release = Event(), Event()

    def slow(context: GatherContext) -> Any:
        started.set()
        release.wait(10)
        yield Resource("arn:aws:x:::1", "x:y", context.target)

    gatherer = Gatherer("x", ("x:y",), ("x:List",), slow)
    inventory = Inventory(LocalSession("http://127.0.0.1:9"), MAX_AGE, gatherers=(gatherer,))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(inventory.resources, ("x:y",), NOW)
        assert started.wait(10)
        late = inventory.resources(("x:y",), NOW, deadline=monotonic() + 0.05)
        release.set()
        assert [each.arn for each in first.result(10).resources] == ["arn:aws:x:::1"]
    assert late == Discovery((), (Failure(Reason.TIMEOUT, "x:List", "still being asked"),))


def test_an_unreachable_endpoint_is_a_failure() -> None:
    found = Inventory(LocalSession("http://127.0.0.1:9"), MAX_AGE).resources(TOPICS, NOW)
    assert [(each.operation, each.reason) for each in found.failures] == [("sns:ListTopics", Reason.UNREACHABLE)]


def test_a_kind_that_nothing_finds_is_a_failure(local_session: LocalSession) -> None:
    found = Inventory(local_session, MAX_AGE).resources(("rds:dbx",), NOW)
    assert found.failures == (Failure(Reason.UNSUPPORTED, "inventory:resources", "no gatherer finds rds:dbx"),)


def test_a_web_acl_that_cannot_be_read_is_kept_as_it_was_and_told(local_session: LocalSession) -> None:
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    local_session.client("wafv2").create_web_acl(
        Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
    )
    inventory = Inventory(local_session, MAX_AGE)
    first = inventory.resources(("wafv2:webacl",), NOW)
    local_session.refuse("wafv2:GetWebACL", "ThrottlingException")
    later = inventory.resources(("wafv2:webacl",), NOW + MAX_AGE)
    assert later.resources == first.resources
    assert later.failures == (Failure(Reason.THROTTLED, "wafv2:GetWebACL", "ThrottlingException: no"),)


def test_a_service_that_ecs_could_not_describe_is_told(local_session: LocalSession) -> None:
    local_session.client("ecs").create_cluster(clusterName="ppbe")
    missing = '{"arn": "arn:aws:ecs:r:a:cluster/gone", "reason": "MISSING"}'
    refused = '{"arn": "arn:aws:ecs:r:a:cluster/kept", "reason": "FAILED", "detail": "try later"}'
    body = f'{{"clusters": [], "failures": [{missing}, {refused}]}}'
    local_session.faults["ecs:DescribeClusters"] = lambda: answer(200, body)
    found = Inventory(local_session, MAX_AGE).resources(("ecs:cluster",), NOW)
    assert found.failures == (
        Failure(Reason.PARTIAL, "ecs:DescribeClusters", "arn:aws:ecs:r:a:cluster/kept: FAILED try later"),
    )


@pytest.mark.parametrize("operation", ["ecs:ListServices", "ecs:DescribeServices"])
def test_a_cluster_deleted_meanwhile_has_no_services(local_session: LocalSession, operation: str) -> None:
    ecs = local_session.client("ecs")
    ecs.create_cluster(clusterName="ppbe")
    ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api", "memory": 64, "cpu": 1}]
    )
    ecs.create_service(cluster="ppbe", serviceName="api", taskDefinition="api", desiredCount=1)
    local_session.refuse(operation, "ClusterNotFoundException")
    found = Inventory(local_session, MAX_AGE).resources(("ecs:cluster", "ecs:service"), NOW)
    assert [each.kind for each in found.resources] == ["ecs:cluster"]
    assert found.failures == ()


def test_gatherers_call_what_they_declare_and_nothing_else(local_session: LocalSession) -> None:
    """The IAM policy is generated from the declarations."""
    local_session.client("ecs").create_cluster(clusterName="ppbe")
    local_session.client("ecs").register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api", "memory": 64, "cpu": 1}]
    )
    local_session.client("ecs").create_service(cluster="ppbe", serviceName="api", taskDefinition="api", desiredCount=1)
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    local_session.client("wafv2").create_web_acl(
        Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
    )
    for gatherer in GATHERERS:
        local_session.calls.clear()
        inventory = Inventory(local_session, MAX_AGE)
        inventory.resources(gatherer.kinds, NOW)
        declared = {operation for kind in gatherer.kinds for operation in operations_of(kind)}
        assert set(local_session.calls) <= declared | {"tag:GetResources"}, gatherer


def test_every_kind_is_found_by_one_gatherer() -> None:
    kinds = [kind for gatherer in GATHERERS for kind in gatherer.kinds]
    assert sorted(kinds) == sorted(KINDS)
    assert len({gatherer.name for gatherer in GATHERERS}) == len(GATHERERS)


def test_tags_are_joined_whatever_the_partition() -> None:
    tags = {"elasticache:us-gov-west-1:123456789012:cluster:ppbe": (("Project", "PPBE"),)}
    for partition in ("aws", "aws-us-gov"):
        arn = f"arn:{partition}:elasticache:us-gov-west-1:123456789012:cluster:ppbe"
        assert tags_of(arn, tags) == (("Project", "PPBE"),)
    assert tags_of("arn:aws:elasticache:us-gov-west-1:210987654321:cluster:ppbe", tags) == ()


def test_equal_tags_are_kept_once(local_session: LocalSession) -> None:
    """A million tags are mostly the same few."""
    for name in ("alerts", "pages"):
        local_session.client("sns").create_topic(Name=name, Tags=[{"Key": "Project", "Value": "PPBE"}])
    one, other = Inventory(local_session, MAX_AGE).resources(TOPICS, NOW).resources
    assert one.tags == (("Project", "PPBE"),)
    assert one.tags is other.tags


def test_the_target_is_that_of_the_session(local_session: LocalSession) -> None:
    assert GatherContext(local_session, monotonic() + 1).target == GOVCLOUD
