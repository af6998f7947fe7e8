"""What is known of an incident: one alert on one resource, from when it fired until it was resolved. Pure.

Invariant: whatever is known of an incident, it is not resolved before it fired.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self

import orjson

from ppbe_observe.model.resources import Labels


class Resolution(StrEnum):
    """How it is known that an incident is over. These words are stored: they do not change."""

    RESOLVED = "resolved"
    """Alertmanager said so."""
    NOTICED = "noticed"
    """Alertmanager did not have it any more when it was asked: it tells nobody that a silenced alert has ended."""
    SUPERSEDED = "superseded"
    """The same alert fired again."""


class Transition(StrEnum):
    """What became of an incident. These words are in the log: they do not change."""

    FIRED = "fired"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes an alert the same one at every step of its escalation: its labels without ``escalation``, sorted."""

    labels: Labels

    @property
    def key(self) -> bytes:
        """A digest that stands for the labels, which have no limit."""
        return sha256(orjson.dumps(self.labels)).digest()

    def get(self, name: str) -> str:
        """The value of a label; empty where it is not there, as Prometheus has it."""
        return dict(self.labels).get(name, "")

    @property
    def alertname(self) -> str:
        """The name of the alert."""
        return self.get("alertname")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What Alertmanager told of one alert: since when it fires, and when it ended, if it did.

    Attributes:
        identity: Which alert, whatever its step.
        step: The label ``escalation`` (``l1``); empty where it has none.
        starts: When this step began to fire.
        ended: When it ended; None while it fires.
        seen: When it was certainly firing: ``starts``, or later where Alertmanager was asked.
        summary: Annotations of the alert, for the record.
        description: The same.
    """

    identity: Identity
    step: str
    starts: datetime
    seen: datetime
    ended: datetime | None = None
    summary: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation, as far as it is known.

    Attributes:
        name: ``l1``, ``l2``, ``l3``; empty where the alert does not escalate.
        first: When it began to fire for the first time within the incident.
        starts: When it last began to fire.
        seen: When it was last certainly firing.
        ended: The latest end that was told.
        gone: When it was found to be gone.
    """

    name: str
    first: datetime
    starts: datetime
    seen: datetime
    ended: datetime | None = None
    gone: datetime | None = None

    @property
    def over(self) -> datetime | None:
        """When it ended; None while it fires. An end before it was last seen firing was none."""
        if self.ended is not None and self.ended >= self.seen:
            return self.ended
        return self.gone if self.gone is not None and self.gone > self.seen else None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A silence on an incident: since when, until when, by whom and why."""

    silence: str
    at: datetime
    until: datetime
    author: str
    comment: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident.

    Attributes:
        id: Stays the same whatever is learnt later.
        identity: Which alert.
        fired_at: When its first step began to fire.
        recorded_at: When it was first heard of.
        steps: By the time they were reached.
        acknowledgements: By their time.
        superseded_at: When the same alert fired again, where nobody told the end of this one.
        summary: Of the first alert that was heard of.
        description: The same.
    """

    id: str
    identity: Identity
    fired_at: datetime
    recorded_at: datetime
    steps: tuple[Step, ...]
    acknowledgements: tuple[Acknowledgement, ...] = ()
    superseded_at: datetime | None = None
    summary: str = ""
    description: str = ""

    @classmethod
    def begun(cls, sighting: Sighting, at: datetime) -> Self:
        """What is known after the first sighting, which was told at that time."""
        name, starts = sighting.step, sighting.starts
        seed = b"\0".join((sighting.identity.key, name.encode("utf-8", "surrogatepass"), starts.isoformat().encode()))
        step = Step(name, starts, starts, max(starts, sighting.seen), sighting.ended)
        told = sighting.summary, sighting.description
        return cls(sha256(seed).hexdigest()[:32], sighting.identity, starts, at, (step,), (), None, *told)

    @property
    def severity(self) -> str:
        """What it asks of people."""
        return self.identity.get("severity")

    @property
    def step(self) -> str:
        """The step that was reached last."""
        return self.steps[-1].name

    @property
    def acknowledgement(self) -> Acknowledgement | None:
        """The first one by somebody who knew of it: a silence from before is none (``muted_before``)."""
        return next((each for each in self.acknowledgements if each.at >= self.fired_at), None)

    @property
    def muted_before(self) -> bool:
        """Whether it was quiet from its beginning, as in a maintenance."""
        return any(each.at < self.fired_at for each in self.acknowledgements)

    @property
    def resolved_at(self) -> datetime | None:
        """When its last step ended; None while it is open."""
        ends = [each.over for each in self.steps]
        known = [each for each in ends if each is not None]
        if len(known) == len(ends):
            return max(known)
        if self.superseded_at is None:
            return None
        return max(self.superseded_at, *(each.seen for each in self.steps), *known)

    @property
    def resolution(self) -> Resolution | None:
        """How it is known that it is over."""
        if self.resolved_at is None:
            return None
        if any(each.over is None for each in self.steps):
            return Resolution.SUPERSEDED
        gone = any(each.over != each.ended for each in self.steps)
        return Resolution.NOTICED if gone else Resolution.RESOLVED


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of an alert around a sighting of it.

    Attributes:
        own: The incident that has the step of the sighting: it began then, or before and once more later.
        before: The newest incident that had fired by then.
        after: The next one.
    """

    own: Incident | None = None
    before: Incident | None = None
    after: Incident | None = None
