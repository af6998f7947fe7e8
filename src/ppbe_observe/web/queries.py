"""What may be asked: the same parameters for a page's filter and for the API. Pure.

Invariants: what is unknown or out of range is refused by name, never ignored; a question has a largest size.
"""

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import QueryParams

from ppbe_observe.controls.rollup import State
from ppbe_observe.model import Outcome, Severity

LONGEST = 2048
"""Characters of a text that is asked for: an ARN has no more."""
MOST = 500
"""Items of one answer."""
USUAL = 100

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Query(BaseModel):
    """Parameters of an address; none where there is nothing to choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parts(Query):
    """Which part of a long list."""

    limit: int = Field(default=USUAL, ge=1, le=MOST, description="Most items of the answer.")
    offset: int = Field(default=0, ge=0, le=10_000_000, description="How many to leave out before the first.")


class FindingQuery(Parts):
    """Which findings: those that are all of this."""

    outcome: tuple[Outcome, ...] = Field(default=(), max_length=5, description="One of these outcomes.")
    severity: tuple[Severity, ...] = Field(default=(), max_length=4, description="One of these severities.")
    control: Word = Field(default="", description="Speaks for this control, in any notation (`SC-28(1)`).")
    family: Word = Field(default="", description="Speaks for a control of this family (`SC`).")
    ksi: Word = Field(default="", description="Speaks for this Key Security Indicator.")
    check: Word = Field(default="", description="Of this check.")
    service: Word = Field(default="", description="About this service (`rds`).")
    account: Word = Field(default="", description="In this account.")
    region: Word = Field(default="", description="In this region.")
    resource: Text = Field(default="", description="About the resource of this ARN.")
    overdue: bool = Field(default=False, description="Only what is past its deadline.")
    q: Text = Field(default="", description="Has this text in its ARN, check, title, reason or tags.")


class AvailabilityQuery(Query):
    """How much of the availability record."""

    days: int = Field(default=90, ge=1, le=2555, description="Whole days before today.")


class By(StrEnum):
    """What findings are summed up by."""

    FAMILY = "family"
    CONTROL = "control"
    KSI = "ksi"
    SERVICE = "service"


class ControlQuery(Query):
    """Which controls, and summed up how."""

    by: By = Field(default=By.FAMILY, description="Summed up by this.")
    state: tuple[State, ...] = Field(default=(), max_length=6, description="In one of these states.")
    family: Word = Field(default="", description="Controls of this family only (`SC`).")
    q: Text = Field(default="", description="Has this text in its id, title or checks.")


class IncidentState(StrEnum):
    """Whether an incident is over."""

    OPEN = "open"
    RESOLVED = "resolved"


class IncidentQuery(Parts):
    """Which incidents: those that are all of this."""

    state: IncidentState | None = Field(default=None, description="Open ones, or those that are over.")
    severity: Word = Field(default="", description="Of this severity (`page`, `ticket`).")
    alert: Word = Field(default="", description="Of this alert.")
    q: Text = Field(default="", description="Has this text in its labels or its summary.")


Q = TypeVar("Q", bound=Query)


class FilterError(Exception):
    """A filter asks for what there is not; says which parameter, and why."""


def asked_for(kind: type[Q], given: QueryParams) -> Q:
    """The filter; what a form sends without a choice is as good as not there.

    Raises:
        FilterError: A parameter is unknown, or has a value that it cannot have.
    """
    several = {name for name, field in kind.model_fields.items() if field.default == ()}
    values: dict[str, object] = {}
    for name in given:
        texts = [text for text in given.getlist(name) if text.strip()]
        if texts:
            values[name] = texts if name in several else texts[-1]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        told = (f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise FilterError("; ".join(told)) from None
