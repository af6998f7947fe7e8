"""What watches over a region: GuardDuty, Security Hub, Inspector, Access Analyzer, Config, Backup; certificates. Pure.

What these have found, and whether they are ready, no plan tells.
"""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import (
    Description,
    absent,
    always,
    answer,
    flag,
    given,
    never,
    number,
    part,
    time_of,
    told,
    untold_answer,
)

_HUB = "aws_securityhub_account"
_RECORDER = "aws_config_configuration_recorder"


def _known_as(name: str) -> Any:
    return lambda one: one[name] if one.attributes.known(name) and one[name] else one.address


def _detector_status(detector: Planned) -> str:
    return "ENABLED" if given("enable", otherwise=True)(detector) else "DISABLED"


def _scanned(enabler: Planned) -> Mapping[str, Any]:
    """By the type of resource: LAMBDA_CODE is lambdaCode."""
    types = [each.split("_") for each in told("resource_types")(enabler)]
    names = [first.lower() + "".join(word.capitalize() for word in rest) for first, *rest in types]
    return {name: {"status": "ENABLED"} for name in names}


def _recorders(recorder: Planned) -> Mapping[str, Any]:
    tellers = {"name": _recorder_name, "recordingGroup": _recording_group, "servicePrincipal": absent}
    return {
        "ConfigurationRecorders": [
            PlannedFacts(recorder.address, recorder, tellers | {"connectorArn": absent}),
        ]
    }


def _recorder_name(recorder: Planned) -> str:
    return str(told("name")(recorder))


def _recording_group(recorder: Planned) -> Any:
    block = recorder.attributes.first("recording_group")
    return part(block, _RECORDING_GROUP) if block else {"allSupported": True}


def _strategy(group: Block) -> Any:
    block = None if group.after_apply("recording_strategy") else group.first("recording_strategy")
    return part(block, {"useOnly": given("use_only", "")}) if block else ABSENT


def _exclusion(group: Block) -> Any:
    block = group.first("exclusion_by_resource_types")
    return part(block, {"resourceTypes": given("resource_types", ())}) if block else ABSENT


_RECORDING_GROUP = {
    "allSupported": given("all_supported", otherwise=True),
    "resourceTypes": given("resource_types", ()),
    "recordingStrategy": _strategy,
    "exclusionByResourceTypes": _exclusion,
}


def _recorder_status(recorder: Planned) -> Mapping[str, Any]:
    found = recorder.plan.part_of(recorder, "name", f"{_RECORDER}_status")
    if found is None:
        return {"ConfigurationRecordersStatus": []}
    tellers = {
        "name": lambda _: _recorder_name(recorder),
        "recording": flag("is_enabled"),
        "lastStatus": never("whether what is recorded arrives"),
    }
    return {"ConfigurationRecordersStatus": [PlannedFacts(found.address, found, tellers)]}


def _backup_plan(plan: Planned) -> Mapping[str, Any]:
    tellers = {"BackupPlanName": told("name"), "Rules": _backup_rules}
    return {"BackupPlan": PlannedFacts(plan.address, plan, tellers)}


def _backup_rules(plan: Planned) -> list[Any]:
    tellers = {"RuleName": told("rule_name"), "ScheduleExpression": given("schedule", ""), "Lifecycle": _lifecycle}
    return [part(each, tellers) for each in plan.attributes.blocks("rule")]


def _lifecycle(rule: Block) -> Any:
    block = rule.first("lifecycle")
    tellers = {"DeleteAfterDays": number("delete_after"), "DeleteAfterEvent": absent}
    return part(block, tellers) if block else {}


DESCRIPTIONS = (
    Description(
        ("aws_guardduty_detector",),
        "guardduty:detector",
        {"DetectorId": _known_as("id")},
        {"guardduty:GetDetector": answer("guardduty:GetDetector", {"Status": _detector_status})},
    ),
    Description((_HUB,), "securityhub:hub"),
    Description(
        ("aws_securityhub_standards_subscription",),
        "securityhub:standard",
        {"StandardsArn": told("standards_arn"), "StandardsStatus": never("whether a standard is ready")},
    ),
    Description(("aws_inspector2_enabler",), "inspector2:account", {"resourceState": _scanned}),
    Description(
        ("aws_accessanalyzer_analyzer",),
        "access-analyzer:analyzer",
        {"name": told("analyzer_name"), "status": always("ACTIVE"), "type": given("type", "ACCOUNT")},
        {"access-analyzer:ListFindings": untold_answer("what the analyzer finds")},
    ),
    Description(
        (_RECORDER,),
        "aws:region",
        details={
            "config:DescribeConfigurationRecorders": _recorders,
            "config:DescribeConfigurationRecorderStatus": _recorder_status,
        },
    ),
    Description(("aws_backup_plan",), "backup:plan", details={"backup:GetBackupPlan": _backup_plan}),
    Description(
        ("aws_acm_certificate",),
        "acm:certificate",
        {"Status": told("status"), "NotAfter": time_of("not_after"), "InUse": absent},
    ),
)
