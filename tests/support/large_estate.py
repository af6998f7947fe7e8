"""An estate of 1,000 resources over two accounts and two regions: what there is, and under which dimensions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PLACES = tuple(
    (account, region) for account in ("123456789012", "210987654321") for region in ("us-gov-west-1", "us-gov-east-1")
)
ZONES = ("a", "b")
CLUSTERS = 10
BROKEN_EVERY = 50
"""One resource of so many is in a state that fires."""
CLASSES = ("m6g.large", "r6g.4xlarge", "t4g.medium", "m6g.xlarge", "m6g.2xlarge", "t4g.small")

Dimensions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource: its kind, its name, where it is, the dimension sets of its series, and what its info says.

    ``broken`` where its values are those that fire.
    """

    kind: str
    name: str
    place: tuple[str, str]
    levels: tuple[Dimensions, ...]
    info: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False

    @property
    def labels(self) -> dict[str, str]:
        """The labels of all its series, as the daemon writes them."""
        account, region = self.place
        tags = {"tag_Environment": "staging" if "staging" in self.name else "production", "tag_Project": "PPBE"}
        return {"name": self.name, "account_id": account, "region": region, **tags}


COUNTS = {
    "elasticloadbalancing:loadbalancer": 120,
    "elasticloadbalancing:targetgroup": 200,
    "rds:db": 180,
    "ecs:service": 190,
    "ecs:cluster": CLUSTERS,
    "elasticache:cluster": 120,
    "acm:certificate": 50,
    "logs:log-group": 30,
    "sns:topic": 25,
    "s3:bucket": 25,
    "ec2:natgateway": 20,
    "wafv2:webacl": 20,
    "ec2:vpn-connection": 10,
}
"""How many there are of each kind: 1,000."""


def things() -> tuple[Thing, ...]:
    """All of them."""
    found = tuple(_thing(kind, number) for kind, many in COUNTS.items() for number in range(many))
    assert Counter(each.kind for each in found) == COUNTS
    return found


def told() -> str:
    """The counts in a few words."""
    return ", ".join(f"{many} {kind}" for kind, many in COUNTS.items())


def system(number: int) -> str:
    """The application that a resource belongs to; the first two have objectives."""
    return ("ppbe-production", "ppbe-staging")[number] if number < 2 else f"system{number:03d}-production"


def _thing(kind: str, number: int) -> Thing:
    place = PLACES[0] if number < 2 else PLACES[number % len(PLACES)]
    service, _, what = kind.partition(":")
    name = f"arn:aws-us-gov:{service}:{place[1]}:{place[0]}:{what}/{system(number)}/{number:017x}"
    broken = number % BROKEN_EVERY == BROKEN_EVERY - 1
    return Thing(kind, name, place, tuple(_levels(kind, number, place[1])), _info(kind, number), broken)


def _levels(kind: str, number: int, region: str) -> Iterator[Dimensions]:
    called = system(number)
    match kind:
        case "elasticloadbalancing:loadbalancer":
            yield from _zones({"LoadBalancer": f"app/{called}-alb/{number:016x}"}, region)
        case "elasticloadbalancing:targetgroup":
            owner = number % COUNTS["elasticloadbalancing:loadbalancer"]
            balancer = f"app/{system(owner)}-alb/{owner:016x}"
            yield from _zones({"TargetGroup": f"targetgroup/{called}/{number:016x}", "LoadBalancer": balancer}, region)
        case "ecs:service":
            cluster = {"ClusterName": f"cluster{number % CLUSTERS}"}
            yield {**cluster, "ServiceName": called}
            yield {**cluster, "TaskDefinitionFamily": called}
        case "elasticache:cluster":
            yield {"CacheClusterId": f"{called}-001"}
            yield {"CacheClusterId": f"{called}-001", "CacheNodeId": "0001"}
        case "logs:log-group":
            group = {"LogGroupName": f"/ecs/{called}/api" if number % 2 == 0 else f"/aws/rds/{called}"}
            yield group
            yield {**group, "DestinationType": "Lambda", "FilterName": "errors"}
        case "s3:bucket":
            bucket = f"{called}-{('data', 'backups', 'logs')[number % 3]}"
            yield from ({"BucketName": bucket, "StorageType": each} for each in ("StandardStorage", "AllStorageTypes"))
        case "wafv2:webacl":
            yield from (
                {"WebACL": called, "Region": region, "Rule": each} for each in ("ALL", "common", "sqli", "rate")
            )
        case "ec2:vpn-connection":
            yield {"VpnId": f"vpn-{number:017x}"}
            yield from ({"VpnId": f"vpn-{number:017x}", "TunnelIpAddress": f"192.0.2.{each}"} for each in (1, 2))
        case _:
            yield {_NAMED[kind]: f"{called}-alerts" if kind == "sns:topic" and number % 4 == 0 else called}


_NAMED = {
    "rds:db": "DBInstanceIdentifier",
    "ecs:cluster": "ClusterName",
    "acm:certificate": "CertificateArn",
    "sns:topic": "TopicName",
    "ec2:natgateway": "NatGatewayId",
}


def _zones(whole: Dimensions, region: str) -> Iterator[Dimensions]:
    yield whole
    yield from ({**whole, "AvailabilityZone": f"{region}{zone}"} for zone in ZONES)


def _info(kind: str, number: int) -> dict[str, str]:
    size = CLASSES[number % len(CLASSES)]
    known = {
        "rds:db": {"class": f"db.{size}", "engine": "postgres", "engine_version": "16.4", "status": "available"},
        "ecs:service": {"status": "ACTIVE", "task_definition": f"task-definition/{system(number)}:7"},
        "elasticache:cluster": {"class": f"cache.{size}", "engine": "redis", "status": "available"},
        "acm:certificate": {"status": "ISSUED", "in_use": "true", "renewal_eligibility": "ELIGIBLE"},
        "ec2:natgateway": {"state": "available", "connectivity": "public"},
    }.get(kind, {})
    if kind == "rds:db" and number % 4 == 3:
        return {**known, "replica_of": system(number - 1)}
    if kind == "elasticache:cluster":
        return {**known, "replication_group": f"group{number // 2}"}
    return known
