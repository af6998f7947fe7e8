"""Alarms (CloudWatch)."""

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, not_applicable, passed
from ppbe_observe.controls.reading.required import all_exist, is_named
from ppbe_observe.model import Verdict

_ALARM = "cloudwatch:alarm"


def _exist(alarms: Subject, required_alarms: tuple[str, ...]) -> Verdict | None:
    return all_exist("alarm", required_alarms, [each.facts["AlarmName"] for each in alarms.all(_ALARM)])


@check(
    "cloudwatch_alarm_actions",
    on=_ALARM,
    severity=HIGH,
    title="Alarms act when they fire",
    controls=("au-6.1", "ca-7", "si-4.5"),
    remediation="Name an SNS topic in the alarm's alarm_actions and set actions_enabled (Terraform "
    "aws_cloudwatch_metric_alarm), or switch its actions on: aws cloudwatch enable-alarm-actions --alarm-names NAME. "
    "An alarm that need not act on its own is left out by the parameter required_alarms.",
    together=_exist,
    required_alarms=("*",),
)
def alarm_actions(alarm: Subject, required_alarms: tuple[str, ...]) -> Verdict:
    """An alarm that tells nobody is not noticed.

    Looks at the alarms that a pattern of required_alarms names; a pattern that does not end in * must name one.
    """
    name, actions = alarm.facts["AlarmName"], alarm.facts.get("AlarmActions") or ()
    if not is_named(name, required_alarms):
        return not_applicable("the alarm is not a required one")
    if not alarm.facts["ActionsEnabled"]:
        return failed(f"its actions are switched off ({len(actions)} for the alarm state)")
    if not actions:
        return failed("its actions are switched on, but none is named for the alarm state")
    return passed(f"its actions are switched on, {len(actions)} for the alarm state")


CHECKS: tuple[Check, ...] = (alarm_actions,)
