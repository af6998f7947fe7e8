"""Backup plans (AWS Backup)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.controls.check import LOW, Check, Subject, check, failed, passed
from ppbe_observe.controls.reading.schedules import at_least_daily
from ppbe_observe.model import Verdict

_REGION = "aws:region"
_PLAN = "backup:plan"
_GET_PLAN = "backup:GetBackupPlan"

_DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"
"""That of a rule that names none (API reference, BackupRule)."""
_FOREVER = -1
_SHOWN = 5
"""Rules that a reason names: a person reads it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one rule of a plan does. ``days`` are None where its backups are never deleted."""

    name: str
    schedule: str
    daily: bool
    days: int | None
    moved: bool

    def holds(self, min_days: int) -> bool:
        return self.daily and not self.moved and (self.days is None or self.days >= min_days)

    def __str__(self) -> str:
        often = "at least daily" if self.daily else "not every day"
        kept = "for ever" if self.days is None else f"{self.days} days"
        kept += " or until they are copied" if self.moved else ""
        return f"{self.name} runs {often} ({self.schedule}) and keeps backups {kept}"


@check(
    "backup_plan_retention",
    on=_REGION,
    uses=(_PLAN,),
    needs=(_GET_PLAN,),
    severity=LOW,
    title="A backup plan runs daily and keeps its backups",
    controls=("cp-9", "cp-10"),
    indicators=("KSI-RPL-ARP",),
    remediation="Make a plan with a daily rule that keeps backups long enough (aws backup create-backup-plan, "
    "Terraform aws_backup_plan with rule schedule and lifecycle delete_after), and assign the resources to it.",
    min_days=35,
)
def plan_retention(region: Subject, min_days: int) -> Verdict:
    """One rule of one plan must run on each day and keep its backups; without a plan nothing is backed up centrally.

    Which resources a plan covers is not looked at: rds_instance_backup_recent sees whether databases are backed up.
    """
    plans = region.all(_PLAN)
    if not plans:
        return failed("there is no backup plan here")
    rules = [rule for plan in plans for rule in _rules(plan)]
    if good := next((each for each in rules if each.holds(min_days)), None):
        return passed(f"{good}; {min_days} days are required")
    told = "; ".join([*map(str, rules[:_SHOWN]), *([f"and {len(rules) - _SHOWN} more"] if len(rules) > _SHOWN else [])])
    return failed(f"no rule of a plan runs at least daily and keeps backups {min_days} days: {told or 'there is none'}")


def _rules(plan: Subject) -> Iterator[_Rule]:
    told = plan.told(_GET_PLAN)["BackupPlan"]
    for each in told["Rules"]:
        schedule = each.get("ScheduleExpression") or _DEFAULT_SCHEDULE
        lifecycle: Mapping[str, Any] = each.get("Lifecycle") or {}
        days = lifecycle.get("DeleteAfterDays")
        yield _Rule(
            name=f"rule {each['RuleName']} of plan {told['BackupPlanName']}",
            schedule=schedule,
            daily=at_least_daily(schedule, plan.now.year),
            days=None if days == _FOREVER else days,
            moved="DeleteAfterEvent" in lifecycle,
        )


CHECKS: tuple[Check, ...] = (plan_retention,)
