"""Backup plans (AWS Backup). I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_backup import BackupClient

_PLAN = "backup:plan"
_LIST_PLANS = "backup:ListBackupPlans"


def _plans(context: GatherContext) -> Iterator[Resource]:
    backup: BackupClient = context.client("backup")
    for page in context.pages(_LIST_PLANS, backup.get_paginator("list_backup_plans").paginate()):
        told = provenance(_LIST_PLANS, page)
        for each in page["BackupPlansList"]:
            yield Resource(each["BackupPlanArn"], _PLAN, context.target, facts=each, source=told)


def _by_id(plan: Resource) -> Mapping[str, Any]:
    return {"BackupPlanId": plan.facts["BackupPlanId"]}


GATHERERS = (Gatherer("backup", (_PLAN,), (_LIST_PLANS,), _plans),)
DETAILS = (
    Detail("backup", _PLAN, "backup:GetBackupPlan", _by_id, gone=("ResourceNotFoundException",), tells="BackupPlan"),
)
