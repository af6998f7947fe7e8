"""The three CloudWatch alarms of an environment that exist today, and how any alarm is made."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.compute import SERVICE
from ppbe_observe.simulate.estate.edge import Edge
from ppbe_observe.simulate.estate.places import Environment, tag_list


def build_alarms(aws: Aws, env: Environment, edge: Edge, topic: str) -> None:
    """Each looks at two periods of five minutes and tells the topic."""
    load_balancer = edge.load_balancer.partition("loadbalancer/")[2]
    service = {"ClusterName": env.prefix, "ServiceName": SERVICE}
    _alarm(
        aws,
        env,
        topic,
        "api-error-rate",
        above=10,
        metric=_metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", {"LoadBalancer": load_balancer}),
    )
    _alarm(
        aws,
        env,
        topic,
        "db-cpu",
        above=80,
        metric=_metric("AWS/RDS", "CPUUtilization", "Average", {"DBInstanceIdentifier": env.prefix}),
    )
    _alarm(aws, env, topic, "api-memory", above=85, metric=_metric("AWS/ECS", "MemoryUtilization", "Average", service))


def _metric(namespace: str, name: str, statistic: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": statistic,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }


def _alarm(aws: Aws, env: Environment, topic: str, name: str, *, above: float, metric: Mapping[str, Any]) -> None:
    alarm_on(aws, env, topic, f"{env.prefix}-{name}", above=above, metric=metric)


def alarm_on(aws: Aws, env: Environment, topic: str, name: str, *, above: float, metric: Mapping[str, Any]) -> None:
    """An alarm of that name on a metric, which tells the topic."""
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Period=300,
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=above,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        OKActions=[topic],
        Tags=tag_list(env.tags),
        **metric,
    )
