"""Builds every account and region of the estate, and tells what the metrics need to know of it."""

import datetime as dt
from dataclasses import dataclass

from ppbe_observe.simulate.estate.alarms import build_alarms
from ppbe_observe.simulate.estate.aws import Aws, session_in
from ppbe_observe.simulate.estate.cache import build_cache
from ppbe_observe.simulate.estate.compute import build_registry, build_service
from ppbe_observe.simulate.estate.database import build_database
from ppbe_observe.simulate.estate.edge import Edge, build_edge
from ppbe_observe.simulate.estate.encryption import build_key
from ppbe_observe.simulate.estate.identity import (
    build_observer_role,
    build_password_policy,
    build_task_roles,
)
from ppbe_observe.simulate.estate.logs import build_log_groups
from ppbe_observe.simulate.estate.messaging import build_topic
from ppbe_observe.simulate.estate.network import Network, build_network
from ppbe_observe.simulate.estate.oversight import build_oversight
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
from ppbe_observe.simulate.wsgi import Wsgi

_ADMINISTRATOR = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "simulated-only"}


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


def build_estate(application: Wsgi, now: float, load_balancers: int = 0) -> Estate:
    """Staging and production, the recovery region, and the shared account."""
    session = session_in(application)
    west, east = (Aws(session, region, _ADMINISTRATOR) for region in (WEST, EAST))
    shared = west.assume(f"arn:{PARTITION}:iam::{SHARED_ACCOUNT}:role/builder")
    key = build_key(west, PRODUCTION)
    images = build_registry(west, PRODUCTION, key)
    production = _full(west, PRODUCTION, key, images, now)
    staging = _full(west, STAGING, build_key(west, STAGING), images, now)
    build_terraform_state(west, PRODUCTION, key)
    build_password_policy(west)
    build_oversight(west, PRODUCTION, key)
    build_untagged(west, production.network)
    recovery = _small(east, RECOVERY, now)
    elsewhere = _small(shared, SHARED, now)
    build_observer_role(shared, SHARED)
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
