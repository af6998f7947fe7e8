"""Builds every account and region of the estate, and tells what the metrics need to know of it.

All that estate.md states holds, and most of what the checks want beyond it. A few faults are there on purpose, since an
estate without a finding teaches nothing:

- what somebody made by hand, and an idle load balancer (``untagged``);
- a user with an old key and a password without MFA (``identity``);
- staging's cache has no replica (``cache``): no automatic failover, not Multi-AZ;
- log buckets are encrypted with S3's own keys (``storage``), since load balancers deliver to no others: a case for an
  exemption;
- the bucket of Terraform's state has no lifecycle (``storage``), since state must not go to Glacier: a case for the
  parameter ``buckets`` of the two checks that miss one.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ppbe_observe.simulate.estate.alarms import build_alarms
from ppbe_observe.simulate.estate.aws import Aws, session_in
from ppbe_observe.simulate.estate.cache import build_cache
from ppbe_observe.simulate.estate.compute import build_registry, build_service
from ppbe_observe.simulate.estate.database import build_database
from ppbe_observe.simulate.estate.edge import Edge, build_edge
from ppbe_observe.simulate.estate.encryption import build_key
from ppbe_observe.simulate.estate.identity import (
    build_deployment_role,
    build_forgotten_user,
    build_observer_role,
    build_task_roles,
)
from ppbe_observe.simulate.estate.logs import build_log_groups
from ppbe_observe.simulate.estate.messaging import build_topic
from ppbe_observe.simulate.estate.network import Network, build_network
from ppbe_observe.simulate.estate.oversight import watch_account, watch_region
from ppbe_observe.simulate.estate.places import (
    EAST,
    PARTITION,
    PRODUCTION,
    RECOVERY,
    SHARED,
    SHARED_ACCOUNT,
    STAGING,
    WEST,
    Environment,
)
from ppbe_observe.simulate.estate.secrets import build_secret
from ppbe_observe.simulate.estate.storage import build_buckets, build_terraform_state
from ppbe_observe.simulate.estate.untagged import build_untagged
from ppbe_observe.simulate.http import Request, Response

ADMINISTRATOR: Mapping[str, str] = MappingProxyType(
    {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "simulated-only"}
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What exists of one environment, as far as metrics are filed under it."""

    env: Environment
    network: Network
    edge: Edge
    cache_nodes: tuple[str, ...]
    buckets: tuple[str, ...]
    log_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything that was built; ``load_balancers`` are the ARNs of those asked for beyond it."""

    deployments: tuple[Deployment, ...]
    load_balancers: tuple[str, ...]


def build_estate(forward: Callable[[Request], Response], now: float, load_balancers: int = 0) -> Estate:
    """Staging and production, the recovery region, and the shared account; ``forward`` asks moto."""
    session = session_in(forward)
    west, east = (Aws(session, region, ADMINISTRATOR) for region in (WEST, EAST))
    shared = west.assume(f"arn:{PARTITION}:iam::{SHARED_ACCOUNT}:role/builder")
    key = build_key(west, PRODUCTION)
    images = build_registry(west, PRODUCTION, key)
    production = _full(west, PRODUCTION, key, images, now)
    staging = _full(west, STAGING, build_key(west, STAGING), images, now)
    build_terraform_state(west, PRODUCTION, key)
    build_deployment_role(west, PRODUCTION)
    build_forgotten_user(west, PRODUCTION)
    build_untagged(west, production.network)
    recovery = _small(east, RECOVERY, now)
    elsewhere = _small(shared, SHARED, now)
    build_observer_role(shared, SHARED)
    for aws, env in ((west, PRODUCTION), (east, RECOVERY), (shared, SHARED)):
        watch_region(aws, env)
    for aws, env in ((west, PRODUCTION), (shared, SHARED)):
        watch_account(aws, env)
    extra = tuple(_load_balancer(west, production.network, index) for index in range(load_balancers))
    return Estate((production, staging, recovery, elsewhere), extra)


def _full(aws: Aws, env: Environment, key: str, images: tuple[str, ...], now: float) -> Deployment:
    secret = build_secret(aws, env, key)
    build_task_roles(aws, env, secret)
    buckets = build_buckets(aws, env, key)
    groups = build_log_groups(aws, env, key, now)
    network = build_network(aws, env)
    edge = build_edge(aws, env, network, dt.datetime.fromtimestamp(now, dt.UTC))
    build_service(aws, env, network, edge, images=images, secret=secret)
    build_database(aws, env, network, key)
    nodes = build_cache(aws, env, network, key)
    build_alarms(aws, env, edge, build_topic(aws, env, key))
    return Deployment(env, network, edge, nodes, buckets, groups)


def _small(aws: Aws, env: Environment, now: float) -> Deployment:
    """A region or account with a load balancer, a database, buckets and a topic."""
    key = build_key(aws, env)
    buckets = build_buckets(aws, env, key)
    groups = build_log_groups(aws, env, key, now)
    build_task_roles(aws, env, build_secret(aws, env, key))
    network = build_network(aws, env)
    edge = build_edge(aws, env, network, dt.datetime.fromtimestamp(now, dt.UTC))
    build_database(aws, env, network, key)
    build_topic(aws, env, key)
    return Deployment(env, network, edge, (), buckets, groups)


def _load_balancer(aws: Aws, network: Network, index: int) -> str:
    answer = aws.client("elbv2").create_load_balancer(
        Name=f"load-{index:05d}", Subnets=list(network.public), Type="application"
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])
