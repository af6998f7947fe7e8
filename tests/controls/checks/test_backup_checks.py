"""Checks of backup plans, on what moto holds."""

import json
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "backup_plan_retention"
DAILY, WEEKDAYS = "cron(0 5 ? * * *)", "cron(0 5 ? * MON-FRI *)"


def rule(days: int | None = 35, schedule: str | None = DAILY, name: str = "daily", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"RuleName": name, "TargetBackupVaultName": "vault", **more}
    if days is not None:
        made["Lifecycle"] = {"DeleteAfterDays": days}
    if schedule is not None:
        made["ScheduleExpression"] = schedule
    return made


def plan(session: LocalSession, *rules: dict[str, Any], name: str = "ppbe") -> None:
    session.client("backup").create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": list(rules)})


def plan_told(session: LocalSession, *rules: dict[str, Any]) -> None:
    """A plan whose rules moto would not take."""
    plan(session, rule())
    told = json.dumps({"BackupPlan": {"BackupPlanName": "ppbe", "Rules": rules}, "BackupPlanId": "1"})
    session.faults["backup:GetBackupPlan"] = lambda: answer(200, told)


@pytest.mark.parametrize(
    ("made", "outcome", "reason"),
    [
        (rule(), "pass", f"runs at least daily ({DAILY}) and keeps backups 35 days; 35 days are required"),
        (rule(34), "fail", f"daily of plan ppbe runs at least daily ({DAILY}) and keeps backups 34 days"),
        (rule(None), "pass", f"runs at least daily ({DAILY}) and keeps backups for ever; 35 days are required"),
        (rule(-1), "pass", "keeps backups for ever"),
        (rule(schedule="cron(0 0/12 * * ? *)"), "pass", "runs at least daily (cron(0 0/12 * * ? *))"),
        (rule(schedule="rate(12 hours)"), "pass", "runs at least daily (rate(12 hours))"),
        (rule(schedule="rate(7 days)"), "fail", "runs not every day (rate(7 days))"),
        (rule(365, WEEKDAYS), "fail", f"runs not every day ({WEEKDAYS}) and keeps backups 365 days"),
    ],
)
def test_what_a_rule_does(local_session: LocalSession, made: dict[str, Any], outcome: str, reason: str) -> None:
    plan(local_session, made)
    said = only(local_session, CHECK)
    assert said[0] == outcome
    assert reason in said[1]


def test_the_whole_sentence(local_session: LocalSession) -> None:
    plan(local_session, rule(7))
    told = f"rule daily of plan ppbe runs at least daily ({DAILY}) and keeps backups 7 days"
    said = f"no rule of a plan runs at least daily and keeps backups 35 days: {told}"
    assert only(local_session, CHECK) == ("fail", said)


def test_another_length_may_be_required(local_session: LocalSession) -> None:
    plan(local_session, rule(7))
    assert only(local_session, CHECK, min_days=7)[0] == "pass"


def test_a_rule_without_a_schedule_runs_daily(local_session: LocalSession) -> None:
    """Moto fills the default in, as AWS does today; older plans may lack it."""
    made = rule()
    del made["ScheduleExpression"]
    plan_told(local_session, made)
    assert only(local_session, CHECK)[0] == "pass"


def test_backups_that_are_deleted_once_they_are_copied(local_session: LocalSession) -> None:
    moved = {**rule(), "Lifecycle": {"DeleteAfterDays": 90, "DeleteAfterEvent": "DELETE_AFTER_COPY"}}
    plan_told(local_session, moved)
    outcome, reason = only(local_session, CHECK)
    assert outcome == "fail"
    assert reason.endswith("keeps backups 90 days or until they are copied")


def test_one_rule_must_do_both(local_session: LocalSession) -> None:
    plan(local_session, rule(7), rule(365, WEEKDAYS, "long"))
    assert only(local_session, CHECK)[0] == "fail"


def test_one_rule_of_any_plan_is_enough(local_session: LocalSession) -> None:
    plan(local_session, rule(7), rule(365, WEEKDAYS, "long"))
    plan(local_session, rule(name="ausführlich"), name="zweiter")
    outcome, reason = only(local_session, CHECK)
    assert outcome == "pass"
    assert reason.startswith("rule ausführlich of plan zweiter runs at least daily")


def test_a_reason_names_a_few_rules(local_session: LocalSession) -> None:
    plan(local_session, *(rule(7, name=f"r{number}") for number in range(8)))
    reason = only(local_session, CHECK)[1]
    assert "rule r4 " in reason
    assert "rule r5 " not in reason
    assert reason.endswith("; and 3 more")


def test_no_plan_at_all(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("fail", "there is no backup plan here")


def test_a_plan_without_rules(local_session: LocalSession) -> None:
    plan_told(local_session)
    assert only(local_session, CHECK)[1].endswith("there is none")


def test_a_deleted_plan_does_not_count(local_session: LocalSession) -> None:
    plan(local_session, rule())
    backup = local_session.client("backup")
    (made,) = backup.list_backup_plans()["BackupPlansList"]
    backup.delete_backup_plan(BackupPlanId=made["BackupPlanId"])
    assert only(local_session, CHECK) == ("fail", "there is no backup plan here")


def test_a_plan_deleted_meanwhile_does_not_count(local_session: LocalSession) -> None:
    plan(local_session, rule())
    local_session.refuse("backup:GetBackupPlan", "ResourceNotFoundException")
    assert only(local_session, CHECK) == ("fail", "there is no backup plan here")


def test_a_schedule_that_cannot_be_read(local_session: LocalSession) -> None:
    plan(local_session, rule(schedule="every morning"))
    assert only(local_session, CHECK)[0] == "unknown"


def test_the_finding_is_about_the_region(local_session: LocalSession) -> None:
    plan(local_session, rule())
    assert list(judge(local_session, CHECK)) == ["arn:aws-us-gov:iam::123456789012:root"]


@pytest.mark.parametrize("operation", ["backup:ListBackupPlans", "backup:GetBackupPlan"])
def test_plans_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    plan(local_session, rule())
    unseen(local_session, CHECK, operation)
