"""AWS/ApplicationELB: load balancer and target group, whole and by availability zone.

Source: Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load Balancer".
"""

from collections.abc import Iterator, Mapping

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.plane.series import Identity, MergedSeries, Series, sorted_dimensions
from ppbe_observe.simulate.plane.signals import Events, Latency, Level, Volume
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAMESPACE = "AWS/ApplicationELB"
_COUNT, _BYTES = "Count", "Bytes"


def alb_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """Every level of the environment's load balancer; nothing where it has no requests."""
    env, edge = deployment.env, deployment.edge
    if not env.requests_per_minute:
        return
    balancer = {"LoadBalancer": edge.load_balancer.partition("loadbalancer/")[2]}
    group = {**balancer, "TargetGroup": edge.target_group.rpartition(":")[2]}
    each_zone = env.requests_per_minute / len(env.zones)
    hosts = -(-max(env.tasks, 1) // len(env.zones))
    yield from _levels(make, env.name, balancer, env.zones, (*_requests(each_zone), *_front(each_zone)))
    yield make.one(NAMESPACE, _capacity(env.requests_per_minute), balancer, scope=env.name)
    yield from _levels(make, env.name, group, env.zones, (*_requests(each_zone), *_hosts(hosts)))
    per_target = Events(env.requests_per_minute / max(env.tasks, 1), sparse=False)
    yield make.one(NAMESPACE, Reported("RequestCountPerTarget", _COUNT, per_target), group, scope=env.name)


def extra_load_balancer(make: Maker, arn: str) -> Iterator[Series]:
    """A load balancer that is only there for its number: its own level."""
    dimensions = {"LoadBalancer": arn.partition("loadbalancer/")[2]}
    reported = (*_requests(60.0), *_front(60.0), _capacity(60.0))
    return make.all(NAMESPACE, reported, dimensions, key=arn)


def _levels(
    make: Maker, scope: str, whole: Mapping[str, str], zones: tuple[str, ...], reported: tuple[Reported, ...]
) -> Iterator[Series]:
    """The metrics of each zone, and of all zones together."""
    balancer = whole["LoadBalancer"]
    for each in reported:
        parts = tuple(
            make.one(NAMESPACE, each, {**whole, "AvailabilityZone": zone}, scope=scope, key=(balancer, zone))
            for zone in zones
        )
        yield from parts
        yield MergedSeries(Identity(NAMESPACE, each.metric, sorted_dimensions(whole), each.unit), parts)


def _requests(rate: float) -> tuple[Reported, ...]:
    """Known of the load balancer and of its target group alike."""
    requests = Events(rate, sparse=False)
    codes = {"2XX": 0.962, "3XX": 0.02, "4XX": 0.017, "5XX": 0.0008}
    return (
        Reported("RequestCount", _COUNT, requests),
        Reported("TargetResponseTime", "Seconds", Latency(0.045, 0.7, requests)),
        *(
            Reported(f"HTTPCode_Target_{code}_Count", _COUNT, Events(rate, share=share))
            for code, share in codes.items()
        ),
        Reported("TargetConnectionErrorCount", _COUNT, Events(rate, share=0.0001)),
    )


def _front(rate: float) -> tuple[Reported, ...]:
    """Known of the load balancer alone."""
    codes = {"3XX": 0.01, "4XX": 0.004, "5XX": 0.0003, "500": 0.0, "502": 0.0002, "503": 0.0001, "504": 0.0}
    return (
        Reported("ActiveConnectionCount", _COUNT, Events(rate * 1.8, sparse=False)),
        Reported("NewConnectionCount", _COUNT, Events(rate * 0.6, sparse=False)),
        Reported("RejectedConnectionCount", _COUNT, Events(0.0)),
        Reported("ClientTLSNegotiationErrorCount", _COUNT, Events(rate, share=0.003)),
        Reported("ProcessedBytes", _BYTES, Volume(rate * 14_000)),
        Reported("RuleEvaluations", _COUNT, Events(rate, share=0.0)),
        *(Reported(f"HTTPCode_ELB_{code}_Count", _COUNT, Events(rate, share=share)) for code, share in codes.items()),
    )


def _capacity(rate: float) -> Reported:
    return Reported("ConsumedLCUs", _COUNT, Level(rate / 1500, rate / 1000, rate / 5000))


def _hosts(count: int) -> tuple[Reported, ...]:
    return (
        Reported("HealthyHostCount", _COUNT, Level(count, samples=2, whole=True)),
        Reported("UnHealthyHostCount", _COUNT, Level(0.0, samples=2, whole=True)),
    )
