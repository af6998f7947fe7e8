"""Configuration recorders (AWS Config)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ppbe_observe.controls.check import MEDIUM, Check, Subject, check, failed, passed
from ppbe_observe.model import Verdict

_RECORDERS = "config:DescribeConfigurationRecorders"
_STATUS = "config:DescribeConfigurationRecorderStatus"

# Between two events a recorder that works says PENDING; one that records once a day may say so for a day.
_PENDING = timedelta(hours=24)

# What a recorder of all supported types leaves out too, unless told otherwise (API reference, RecordingGroup).
_GLOBAL_TYPES = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})


@check(
    "config_recorder_on",
    on="aws:region",
    needs=(_RECORDERS, _STATUS),
    severity=MEDIUM,
    title="AWS Config records every type of resource",
    controls=("cm-3", "cm-8", "cm-6.1"),
    indicators=(
        "KSI-CMT-LMC",
        "KSI-CNA-EIS",
        "KSI-MLA-EVC",
        "KSI-MLA-LET",
        "KSI-PIY-GIV",
        "KSI-SVC-ACM",
    ),
    remediation="aws configservice put-configuration-recorder with allSupported=true, put-delivery-channel, then "
    "start-configuration-recorder --configuration-recorder-name NAME; see that its role may write to the bucket.",
)
def recorder_on(region: Subject) -> Verdict:
    """What changed, when, and what there was: AWS Config can only tell of what it recorded.

    Recorders that AWS services keep for themselves, and those of another cloud, do not count. To leave out only the IAM
    types that are recorded in one region of an account is to record all types.
    """
    recorders = [each for each in region.told(_RECORDERS)["ConfigurationRecorders"] if _is_own(each)]
    statuses = {each["name"]: each for each in region.told(_STATUS)["ConfigurationRecordersStatus"]}
    faults = []
    for each in recorders:
        name = each["name"]
        if (fault := _fault(each, statuses.get(name), region.now)) is None:
            return passed(f"the recorder {name} records all types of resources: {_last(statuses[name])}")
        faults.append(f"the recorder {name} {fault}")
    return failed("; ".join(faults) or "there is no configuration recorder")


def _is_own(recorder: Mapping[str, Any]) -> bool:
    return not recorder.get("servicePrincipal") and not recorder.get("connectorArn")


def _fault(recorder: Mapping[str, Any], status: Mapping[str, Any] | None, now: datetime) -> str | None:
    """What is wrong with a recorder; None where nothing is."""
    if status is None or not status["recording"]:
        return "does not record"
    if not _delivers(status, now):
        return f"records, but {_last(status)}"
    return _left_out(recorder["recordingGroup"])


def _delivers(status: Mapping[str, Any], now: datetime) -> bool:
    last = status["lastStatus"].casefold()  # AWS documents Success and answers SUCCESS
    if last == "pending":
        changed: datetime = status["lastStatusChangeTime"]
        return now - changed <= _PENDING
    return bool(last == "success")


def _last(status: Mapping[str, Any]) -> str:
    error = " ".join(filter(None, (status.get("lastErrorCode"), status.get("lastErrorMessage"))))
    told = f"the latest event is {status['lastStatus']}"
    return f"{told} ({error})" if error else told


def _left_out(group: Mapping[str, Any]) -> str | None:
    if group["allSupported"]:
        return None
    excluded = (group.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ()
    if (group.get("recordingStrategy") or {}).get("useOnly") != "EXCLUSION_BY_RESOURCE_TYPES":
        return f"records only {len(group.get('resourceTypes') or ())} types of resources"
    missing = sorted(set(excluded) - _GLOBAL_TYPES)
    return f"leaves out {', '.join(missing)}" if missing else None


CHECKS: tuple[Check, ...] = (recorder_on,)
