"""Which series exist, and how they are labelled."""

import pytest

from ppbe_observe.cloudwatch import AVERAGE, SAMPLE_COUNT, SUM, Exporter, Metric
from ppbe_observe.cloudwatch.query import ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling, Wanted, select
from ppbe_observe.model import Labels, Resource, Target

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
LB = ("LoadBalancer", "app/ppbe/1")
TG = ("TargetGroup", "targetgroup/api/2")
ZONE = ("AvailabilityZone", "us-gov-west-1a")
BALANCER = Resource(
    "arn:lb", "elasticloadbalancing:loadbalancer", TARGET, (LB,), (("Project", "PPBE"), ("Secret", "x"))
)
GROUP = Resource("arn:tg", "elasticloadbalancing:targetgroup", TARGET, (TG, LB))
ALB = Exporter(
    namespace="AWS/ApplicationELB",
    resources=("elasticloadbalancing:targetgroup", "elasticloadbalancing:loadbalancer"),
    dimensions=(("LoadBalancer",), ("LoadBalancer", "AvailabilityZone"), ("TargetGroup", "LoadBalancer")),
    metrics=(
        Metric("RequestCount", SUM, help="Requests."),
        Metric("HTTPCode_ELB_5XX_Count", SUM, help="Errors.", nil_to_zero=True, levels=(("LoadBalancer",),)),
    ),
    name="alb",
)


def labelled(name: str, *more: tuple[str, str]) -> Labels:
    return (("name", name), ("account_id", "123456789012"), ("region", "us-gov-west-1"), *more)


def chosen(*listed: ListedMetric, resources: tuple[Resource, ...] = (BALANCER, GROUP)) -> dict[Labels, Wanted]:
    found = select(ALB, TARGET, listed, resources, Labelling(tags=("Project",)))
    return {each.stat.dimensions: each for each in found if each.metric.name == "RequestCount"}


def test_a_load_balancer_metric_is_named_after_it_and_has_its_allowed_tags() -> None:
    wanted = chosen(ListedMetric("RequestCount", (LB,)))[(LB,)]
    assert wanted.stat == MetricStat("AWS/ApplicationELB", "RequestCount", (LB,), "Sum", 60)
    assert wanted.labels == labelled("arn:lb", ("dimension_LoadBalancer", "app/ppbe/1"), ("tag_Project", "PPBE"))


def test_the_resource_that_shares_most_dimensions_gives_the_name() -> None:
    assert dict(chosen(ListedMetric("RequestCount", (TG, LB)))[(LB, TG)].labels)["name"] == "arn:tg"
    assert dict(chosen(ListedMetric("RequestCount", (LB, ZONE)))[(ZONE, LB)].labels)["name"] == "arn:lb"


def test_a_part_that_is_no_resource_of_its_own_belongs_to_the_one_that_names_it() -> None:
    group = Resource("arn:rg", "elasticache:replicationgroup", TARGET, aliases=((("CacheClusterId", "a-001"),),))
    cache = Exporter(
        namespace="AWS/ElastiCache",
        resources=("elasticache:cluster", "elasticache:replicationgroup"),
        metrics=(Metric("Evictions", SUM, help="E."),),
        name="elasticache",
    )
    listed = ListedMetric("Evictions", (("CacheClusterId", "a-001"), ("CacheNodeId", "0001")))
    (wanted,) = select(cache, TARGET, (listed,), (group,), Labelling())
    assert dict(wanted.labels)["name"] == "arn:rg"
    node = Resource("arn:node", "elasticache:cluster", TARGET, (("CacheClusterId", "a-001"),))
    (wanted,) = select(cache, TARGET, (listed,), (group, node), Labelling())
    assert dict(wanted.labels)["name"] == "arn:node"


def test_what_is_listed_of_a_deleted_resource_is_left_out() -> None:
    assert chosen(ListedMetric("RequestCount", (("LoadBalancer", "app/gone/9"),))) == {}


def test_dimensions_that_were_not_declared_are_left_out() -> None:
    assert chosen(ListedMetric("RequestCount", (TG, LB, ZONE))) == {}


def test_a_count_of_events_exists_before_the_first_event_where_it_can_occur() -> None:
    found = select(ALB, TARGET, (), (BALANCER, GROUP), Labelling())
    assert [(each.metric.name, each.stat.dimensions) for each in found] == [("HTTPCode_ELB_5XX_Count", (LB,))]


def test_a_metric_may_have_other_statistics_at_other_levels() -> None:
    exporter = Exporter(
        namespace="AWS/ApplicationELB",
        resources=("elasticloadbalancing:targetgroup", "elasticloadbalancing:loadbalancer"),
        metrics=(
            Metric("Time", AVERAGE, help="T.", levels=(("LoadBalancer",), ("TargetGroup", "LoadBalancer"))),
            Metric("Time", SAMPLE_COUNT, help="T.", levels=(("LoadBalancer",),), counters=(SAMPLE_COUNT,)),
        ),
        name="alb",
    )
    listed = (ListedMetric("Time", (LB,)), ListedMetric("Time", (TG, LB)), ListedMetric("Time", (LB,)))
    found = select(exporter, TARGET, listed, (BALANCER, GROUP), Labelling())
    assert [(each.stat.statistic, each.stat.dimensions, each.accumulated) for each in found] == [
        (AVERAGE, (LB,), False),
        (SAMPLE_COUNT, (LB,), True),
        (AVERAGE, (LB, TG), False),
    ]


def test_snake_case_labels() -> None:
    found = select(ALB, TARGET, (), (BALANCER,), Labelling(snake_case=True))
    assert dict(found[0].labels)["dimension_load_balancer"] == "app/ppbe/1"


def test_a_series_is_selected_once_however_often_it_is_listed() -> None:
    twice = ListedMetric("HTTPCode_ELB_5XX_Count", (LB,))
    assert len(select(ALB, TARGET, (twice, twice), (BALANCER,), Labelling())) == 1


@pytest.mark.parametrize("dimensions", [(), (("Method", "GET"), ("Path", "/api"))])
def test_without_resources_all_that_is_listed_is_exported_under_the_exporters_name(dimensions: Labels) -> None:
    custom = Exporter(namespace="PPBE/API", metrics=(Metric("Requests", SUM, AVERAGE, help="R."),), name="api")
    found = select(custom, TARGET, (ListedMetric("Requests", dimensions),), (), Labelling())
    assert [each.stat.statistic for each in found] == ["Sum", "Average"]
    assert dict(found[0].labels)["name"] == "api"


def test_static_dimensions_are_asked_for_without_looking() -> None:
    static = Exporter(
        namespace="AWS/Lambda",
        metrics=(Metric("Errors", SUM, help="E."),),
        static=((("FunctionName", "f"),),),
        name="lambda",
    )
    found = select(static, TARGET, (), (), Labelling())
    assert [each.stat.dimensions for each in found] == [(("FunctionName", "f"),)]


def test_dimensions_that_cannot_be_sent_to_cloudwatch_are_left_out() -> None:
    custom = Exporter(namespace="PPBE/API", metrics=(Metric("Requests", SUM, help="R."),), name="api")
    assert select(custom, TARGET, (ListedMetric("Requests", (("Path", "a\ud800"),)),), (), Labelling()) == ()
