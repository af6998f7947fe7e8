"""What CloudWatch tells an SNS topic of a transition: a subject and a message in JSON. Pure.

Source: CloudWatch user guide, "Acting on alarm changes", for the members; the words of reasons and subjects are those
of notifications that people have published, since AWS documents none.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import orjson

from ppbe_observe.cloudwatch.alarm import Comparison, MissingData
from ppbe_observe.cloudwatch.evaluation import AlarmState
from ppbe_observe.cloudwatch.query import Datapoint
from ppbe_observe.simulate.alarm_states import Transition
from ppbe_observe.simulate.estate.places import EAST, WEST

_LONGEST_SUBJECT = 100  # characters: SNS API reference, Publish
_REGIONS: Mapping[str, str] = MappingProxyType({WEST: "AWS GovCloud (US-West)", EAST: "AWS GovCloud (US-East)"})
_ACTIONS: Mapping[AlarmState, str] = MappingProxyType(
    {
        AlarmState.OK: "OKActions",
        AlarmState.ALARM: "AlarmActions",
        AlarmState.INSUFFICIENT_DATA: "InsufficientDataActions",
    }
)
_WORDS: Mapping[Comparison, str] = MappingProxyType(
    {
        Comparison.GREATER: "greater than",
        Comparison.GREATER_OR_EQUAL: "greater than or equal to",
        Comparison.LESS: "less than",
        Comparison.LESS_OR_EQUAL: "less than or equal to",
    }
)
_TREATED: Mapping[MissingData, str] = MappingProxyType(
    {MissingData.BREACHING: "Breaching", MissingData.NOT_BREACHING: "NonBreaching"}
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def topics(transition: Transition) -> tuple[str, ...]:
    """The ARNs of the SNS topics that are told; none where actions are off."""
    if not transition.facts.get("ActionsEnabled"):
        return ()
    actions = transition.facts.get(_ACTIONS[transition.after]) or ()
    return tuple(action for action in actions if action.split(":")[2:3] == ["sns"])


def subject(transition: Transition) -> str:
    """The subject, in which a long name is cut off."""
    begin, end = f'{transition.after.name}: "', f'" in {_region(transition)}'
    name = str(transition.facts["AlarmName"])
    room = _LONGEST_SUBJECT - len(begin) - len(end)
    return begin + (name if len(name) <= room else name[: room - 3] + "...") + end


def message(transition: Transition) -> str:
    """The message, in JSON."""
    facts = transition.facts
    told = {
        "AlarmName": facts["AlarmName"],
        "AlarmDescription": facts.get("AlarmDescription"),
        "AWSAccountId": transition.place[0],
        "AlarmConfigurationUpdatedTimestamp": _time(facts["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": transition.after.name,
        "NewStateReason": reason(transition),
        "StateChangeTime": _time(transition.at),
        "Region": _region(transition),
        "AlarmArn": facts["AlarmArn"],
        "OldStateValue": transition.before.name,
        **{name: facts.get(name) or [] for name in _ACTIONS.values()},
        "Trigger": _trigger(facts),
    }
    return orjson.dumps(told).decode()


def reason(transition: Transition) -> str:
    """Which datapoints have decided, and what was made of missing ones."""
    alarm, evaluated = transition.alarm, transition.evaluated
    missing = alarm.of - len(evaluated)
    if transition.after is AlarmState.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_were(missing, 'datapoint')} unknown."
    alarmed = transition.after is AlarmState.ALARM
    deciding = [point for point in evaluated if alarm.breaches(point.value) is alarmed]
    word = _TREATED.get(alarm.missing)
    filled = f" and {_were(missing, 'missing datapoint')} treated as [{word}]" if missing and word else ""
    if not deciding:
        return f"Threshold Crossed: {_received(len(evaluated), alarm.of)}{filled}."
    least = alarm.datapoints if alarmed else alarm.of - alarm.datapoints + 1
    shown = ", ".join(map(_point, reversed(deciding)))
    return (
        f"Threshold Crossed: {len(deciding)} out of the last {alarm.of} datapoints [{shown}]"
        f" {'was' if len(deciding) == 1 else 'were'}{'' if alarmed else ' not'} {_WORDS[alarm.comparison]}"
        f" the threshold ({alarm.threshold}){filled}"
        f" (minimum {_plural(least, 'datapoint')} for {'OK -> ALARM' if alarmed else 'ALARM -> OK'} transition)."
    )


def _trigger(facts: Mapping[str, Any]) -> dict[str, Any]:
    kind = "Statistic" if facts.get("Statistic") else "ExtendedStatistic"
    return {
        "MetricName": facts["MetricName"],
        "Namespace": facts["Namespace"],
        "StatisticType": kind,
        kind: _HUMP.sub("_", facts[kind]).upper() if kind == "Statistic" else facts[kind],
        "Unit": facts.get("Unit"),
        "Dimensions": [{"value": each["Value"], "name": each["Name"]} for each in facts.get("Dimensions", ())],
        "Period": facts["Period"],
        "EvaluationPeriods": facts["EvaluationPeriods"],
        **{name: facts[name] for name in ("DatapointsToAlarm",) if facts.get(name)},
        "ComparisonOperator": facts["ComparisonOperator"],
        "Threshold": facts["Threshold"],
        "TreatMissingData": facts.get("TreatMissingData") or MissingData.MISSING,
        "EvaluateLowSampleCountPercentile": facts.get("EvaluateLowSampleCountPercentile") or "",
    }


def _region(transition: Transition) -> str:
    region = transition.place[1]
    return _REGIONS.get(region, region)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _point(point: Datapoint) -> str:
    return f"{point.value} ({datetime.fromtimestamp(point.at, UTC):%d/%m/%y %H:%M:%S})"


def _received(number: int, periods: int) -> str:
    told = _were(number, "datapoint") if number else "no datapoints were"
    return f"{told} received for {_plural(periods, 'period')}"


def _were(number: int, what: str) -> str:
    return f"{_plural(number, what)} {'was' if number == 1 else 'were'}"


def _plural(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
