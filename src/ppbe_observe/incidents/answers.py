"""What Alertmanager's API v2 answers, as far as it is used. Pure.

Source: ``api/v2/openapi.yaml`` of Alertmanager 0.25 to 0.34. Members that are not named here are left alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.incidents import identity_of
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.alerting.silences import Silence
from ppbe_observe.model import Sighting


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # the year 1, somewhere east
        raise ValueError("not a time of this era") from error


Time = Annotated[AwareDatetime, AfterValidator(_utc)]
"""RFC 3339 with a time zone, in UTC; what is smaller than a microsecond is cut off."""


class Told(BaseModel):
    """Anything that comes from Alertmanager."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _State(Told):
    silencedBy: tuple[str, ...]  # noqa: N815 - Alertmanager's word, as are those below


class _Alert(Told):
    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: Time  # noqa: N815
    updatedAt: Time  # noqa: N815
    status: _State


class _Matcher(Told):
    name: str
    value: str
    isRegex: bool  # noqa: N815
    isEqual: bool = True  # noqa: N815

    @property
    def read(self) -> Matcher:
        return Matcher(self.name, _OPERATORS[self.isEqual, self.isRegex], self.value)


class _Silence(Told):
    id: str
    matchers: tuple[_Matcher, ...]
    startsAt: Time  # noqa: N815
    endsAt: Time  # noqa: N815
    createdBy: str  # noqa: N815
    comment: str


class _Status(Told):
    uptime: Time


class _Created(Told):
    silenceID: str  # noqa: N815


_OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
_ALERTS = TypeAdapter(tuple[_Alert, ...])
_SILENCES = TypeAdapter(tuple[_Silence, ...])


@dataclass(frozen=True, slots=True)
class Active:
    """An alert that fires, and the silences on it."""

    sighting: Sighting
    silenced_by: tuple[str, ...]


def alerts_of(body: bytes) -> tuple[Active, ...]:
    """Every alert that Alertmanager holds as firing.

    Raises:
        pydantic.ValidationError: It is not what is documented.
    """
    return tuple(_active(each) for each in _ALERTS.validate_json(body))


def silences_of(body: bytes) -> tuple[Silence, ...]:
    """Every silence that it knows, those that are over included. Raises as ``alerts_of`` does."""
    return tuple(
        Silence(
            each.id,
            tuple(one.read for one in each.matchers),
            each.startsAt,
            each.endsAt,
            each.createdBy,
            each.comment,
        )
        for each in _SILENCES.validate_json(body)
    )


def started_of(body: bytes) -> datetime:
    """When it was started. Raises as ``alerts_of`` does."""
    return _Status.model_validate_json(body).uptime


def silence_id_of(body: bytes) -> str:
    """The id of a silence that was made. Raises as ``alerts_of`` does."""
    return _Created.model_validate_json(body).silenceID


def _active(alert: _Alert) -> Active:
    sighting = Sighting(
        identity=identity_of(alert.labels),
        step=alert.labels.get(ESCALATION, ""),
        starts=alert.startsAt,
        seen=max(alert.startsAt, alert.updatedAt),
        summary=alert.annotations.get("summary", ""),
        description=alert.annotations.get("description", ""),
    )
    return Active(sighting, alert.status.silencedBy)
