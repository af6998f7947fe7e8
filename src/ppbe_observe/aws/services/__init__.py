"""What is asked of AWS, one module per service; each ends with its ``GATHERERS`` and its ``DETAILS``."""

from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.aws.gather.tags import GET_RESOURCES
from ppbe_observe.aws.services import (
    accessanalyzer,
    account,
    acm,
    alarms,
    alb,
    backup,
    cloudtrail,
    config,
    ecr,
    ecs,
    elasticache,
    guardduty,
    iam,
    inspector,
    kms,
    logs,
    nat,
    rds,
    s3,
    secrets,
    securityhub,
    sns,
    vpc,
    vpn,
    waf,
)

GATHERERS: tuple[Gatherer, ...] = (
    *accessanalyzer.GATHERERS,
    *account.GATHERERS,
    *acm.GATHERERS,
    *alarms.GATHERERS,
    *alb.GATHERERS,
    *backup.GATHERERS,
    *cloudtrail.GATHERERS,
    *config.GATHERERS,
    *ecr.GATHERERS,
    *ecs.GATHERERS,
    *elasticache.GATHERERS,
    *guardduty.GATHERERS,
    *iam.GATHERERS,
    *inspector.GATHERERS,
    *kms.GATHERERS,
    *logs.GATHERERS,
    *nat.GATHERERS,
    *rds.GATHERERS,
    *s3.GATHERERS,
    *secrets.GATHERERS,
    *securityhub.GATHERERS,
    *sns.GATHERERS,
    *vpc.GATHERERS,
    *vpn.GATHERERS,
    *waf.GATHERERS,
)

DETAILS: tuple[Detail, ...] = (
    *accessanalyzer.DETAILS,
    *account.DETAILS,
    *acm.DETAILS,
    *alarms.DETAILS,
    *alb.DETAILS,
    *backup.DETAILS,
    *cloudtrail.DETAILS,
    *config.DETAILS,
    *ecr.DETAILS,
    *ecs.DETAILS,
    *elasticache.DETAILS,
    *guardduty.DETAILS,
    *iam.DETAILS,
    *inspector.DETAILS,
    *kms.DETAILS,
    *logs.DETAILS,
    *nat.DETAILS,
    *rds.DETAILS,
    *s3.DETAILS,
    *secrets.DETAILS,
    *securityhub.DETAILS,
    *sns.DETAILS,
    *vpc.DETAILS,
    *vpn.DETAILS,
    *waf.DETAILS,
)

KINDS = frozenset(kind for gatherer in GATHERERS for kind in gatherer.kinds)
"""Every kind of resource that can be found."""


def operations_of(kind: str) -> tuple[str, ...]:
    """Every operation that finding a kind takes, those that only tell its tags left out."""
    found: dict[str, None] = {}
    for gatherer in GATHERERS:
        if kind in gatherer.kinds:
            for base in gatherer.of:
                found.update(dict.fromkeys(operations_of(base)))
            found.update(dict.fromkeys(gatherer.operations))
    return tuple(found)


def declared() -> dict[str, frozenset[str]]:
    """Every operation that is asked by boto3, by the service as boto3 calls it."""
    found: dict[str, set[str]] = {
        "cloudwatch": {"PutMetricData"},  # the heartbeat, where it is switched on
        "resourcegroupstaggingapi": {_name(GET_RESOURCES)},
        "sts": {"AssumeRole", "GetCallerIdentity"},
    }
    for gatherer in GATHERERS:
        found.setdefault(gatherer.service, set()).update(map(_name, gatherer.operations))
    for detail in DETAILS:
        found.setdefault(detail.service, set()).add(_name(detail.operation))
    return {service: frozenset(operations) for service, operations in found.items()}


def _name(operation: str) -> str:
    return operation.partition(":")[2]


__all__ = ["DETAILS", "GATHERERS", "KINDS", "declared", "operations_of"]
