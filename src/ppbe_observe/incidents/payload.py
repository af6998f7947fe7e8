"""Alertmanager's webhook payload, read and judged. Pure.

Alertmanager signs nothing and sends no nonce. So what may be believed of a payload is told by its times alone, and
what is believed twice changes nothing (``alerting.incidents``).

Source: Alertmanager's documentation, "Webhook receiver" (version "4"; unchanged from 0.6 to 0.34).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, ValidationError

from ppbe_observe.alerting.incidents import WATCHDOG, identity_of
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.incidents.answers import Time, Told
from ppbe_observe.model import Sighting

_SHOWN = 5
"""Mistakes of a payload that are told."""
_LONGEST = 1000
"""Characters of them: names of labels may be long."""


class PayloadError(Exception):
    """It is no payload of Alertmanager's webhook; the message says why, without repeating what was sent."""


class _Alert(Told):
    status: Literal["firing", "resolved"]
    labels: dict[str, str] = Field(min_length=1)
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: Time  # noqa: N815 - Alertmanager's word, as are those below
    endsAt: Time | None = None  # noqa: N815


class _Payload(Told):
    version: Literal["4"]
    truncatedAlerts: int = Field(default=0, ge=0)  # noqa: N815
    alerts: tuple[_Alert, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Believable:
    """Which times are believed.

    Attributes:
        max_age: How long ago an alert may have ended.
        keep: How long ago one that fires may have begun: records are not kept for longer.
        skew: How far ahead of ours other clocks may be.
    """

    max_age: timedelta
    keep: timedelta
    skew: timedelta


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a payload says.

    Attributes:
        sightings: Of the alerts that are believed.
        refused: Why the others are not, by the place of the alert.
        watchdog: Whether the watchdog fires.
        truncated: How many alerts Alertmanager has left out.
    """

    sightings: tuple[Sighting, ...]
    refused: tuple[str, ...]
    watchdog: bool
    truncated: int

    @property
    def believed(self) -> bool:
        """Whether anything of it is."""
        return bool(self.sightings) or self.watchdog


def read(body: bytes, now: datetime, believable: Believable) -> Delivery:
    """The alerts of a payload.

    Raises:
        PayloadError: It is malformed.
    """
    payload = _parsed(body)
    why = [_unbelievable(each, now, believable) for each in payload.alerts]
    believed = [each for each, reason in zip(payload.alerts, why, strict=True) if reason is None]
    watchdogs = [each for each in believed if each.labels["alertname"] == WATCHDOG]
    return Delivery(
        sightings=tuple(_sighting(each) for each in believed if each not in watchdogs),
        refused=tuple(f"alerts.{index}: {reason}" for index, reason in enumerate(why) if reason),
        watchdog=any(each.status == "firing" for each in watchdogs),
        truncated=payload.truncatedAlerts,
    )


def _parsed(body: bytes) -> _Payload:
    try:
        return _Payload.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        told = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found[:_SHOWN]]
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise PayloadError("; ".join([*told, *more])[:_LONGEST]) from None


def _unbelievable(alert: _Alert, now: datetime, believable: Believable) -> str | None:
    if not alert.labels.get("alertname"):
        return "it has no label alertname"
    if alert.startsAt > now + believable.skew:
        return "it begins in the future; check the clocks"
    if alert.status == "firing":
        return "it began before any record that is kept" if alert.startsAt < now - believable.keep else None
    if alert.endsAt is None or alert.endsAt < alert.startsAt:
        return "it is resolved, and does not end after it begins"
    if alert.endsAt > now + believable.skew:
        return "it ended in the future; check the clocks"
    return "it ended longer ago than incidents.max_age" if alert.endsAt < now - believable.max_age else None


def _sighting(alert: _Alert) -> Sighting:
    return Sighting(
        identity=identity_of(alert.labels),
        step=alert.labels.get(ESCALATION, ""),
        starts=alert.startsAt,
        seen=alert.startsAt,
        ended=alert.endsAt if alert.status == "resolved" else None,
        summary=alert.annotations.get("summary", ""),
        description=alert.annotations.get("description", ""),
    )
