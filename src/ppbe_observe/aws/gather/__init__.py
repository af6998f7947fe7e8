"""Finding resources: one module per service, and the registry of all gatherers."""

from ppbe_observe.aws.gather import acm, alb, ecs, elasticache, logs, nat, rds, s3, sns, vpn, waf
from ppbe_observe.aws.gather.gatherer import Gatherer

GATHERERS: tuple[Gatherer, ...] = (
    alb.LOAD_BALANCERS,
    alb.TARGET_GROUPS,
    rds.INSTANCES,
    rds.CLUSTERS,
    ecs.CLUSTERS_AND_SERVICES,
    elasticache.CLUSTERS,
    elasticache.GROUPS,
    nat.GATEWAYS,
    vpn.CONNECTIONS,
    waf.WEB_ACLS,
    logs.LOG_GROUPS,
    sns.TOPICS,
    s3.BUCKETS,
    acm.CERTIFICATES,
)

KINDS = frozenset(kind for gatherer in GATHERERS for kind in gatherer.kinds)
"""Every kind of resource that can be found."""

__all__ = ["GATHERERS", "KINDS", "Gatherer"]
