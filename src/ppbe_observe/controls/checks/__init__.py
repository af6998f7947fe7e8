"""Every check, one module per service; each module ends with its ``CHECKS``."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import (
    accessanalyzer,
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
    rds,
    s3,
    secrets,
    securityhub,
    sns,
    vpc,
    waf,
)

SERVICES: Mapping[str, tuple[Check, ...]] = MappingProxyType(
    {
        "accessanalyzer": accessanalyzer.CHECKS,
        "acm": acm.CHECKS,
        "backup": backup.CHECKS,
        "cloudtrail": cloudtrail.CHECKS,
        "cloudwatch": alarms.CHECKS,
        "config": config.CHECKS,
        "ec2": vpc.CHECKS,
        "ecr": ecr.CHECKS,
        "ecs": ecs.CHECKS,
        "elasticache": elasticache.CHECKS,
        "elbv2": alb.CHECKS,
        "guardduty": guardduty.CHECKS,
        "iam": iam.CHECKS,
        "inspector2": inspector.CHECKS,
        "kms": kms.CHECKS,
        "logs": logs.CHECKS,
        "rds": rds.CHECKS,
        "s3": s3.CHECKS,
        "secretsmanager": secrets.CHECKS,
        "securityhub": securityhub.CHECKS,
        "sns": sns.CHECKS,
        "wafv2": waf.CHECKS,
    }
)
"""The checks by the service as boto3 calls it."""

CHECKS: tuple[Check, ...] = tuple(
    replace(each, service=service) for service, checks in SERVICES.items() for each in checks
)
