"""Sightings of alerts, and a memory of incidents that is nothing but a list."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier

from ppbe_observe.alerting.incidents import Change, identity_of, take
from ppbe_observe.model import Around, Incident, Sighting, Step
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARN = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
LABELS = {"alertname": "RdsCpuHigh", "name": ARN, "severity": "page", "owner": "sre"}


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def sighting(
    starts: float = 0, ended: float | None = None, step: str = "l1", seen: float | None = None, **labels: str
) -> Sighting:
    """A step that fires, or fired, in minutes after noon."""
    return Sighting(
        identity_of({**LABELS, **labels}),
        step,
        at(starts),
        at(starts if seen is None else seen),
        None if ended is None else at(ended),
        "CPU of the database is high.",
        "ppbe-production: 95 percent, more than 80.",
    )


class Known:
    """Incidents as the store keeps them."""

    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = {}
        self.changes: list[Change] = []

    def tell(self, *sightings: Sighting) -> "Known":
        """Take each of them, in this order."""
        for each in sightings:
            changes = take(self.around(each), each, each.starts + timedelta(seconds=30))
            self.keep(changes)
        return self

    def keep(self, changes: Iterable[Change | None]) -> None:
        for change in changes:
            if change is not None:
                self.incidents[change.incident.id] = change.incident
                self.changes.append(change)

    def around(self, given: Sighting) -> Around:
        """What the store would find."""
        same = [each for each in self.all if each.identity == given.identity]
        own = [each for each in same if any(_has(step, given) for step in each.steps)]
        before = [each for each in same if each.fired_at <= given.starts]
        after = [each for each in same if each.fired_at > given.starts]
        return Around(own[-1] if own else None, before[-1] if before else None, after[0] if after else None)

    @property
    def all(self) -> list[Incident]:
        """By the time that they fired."""
        return sorted(self.incidents.values(), key=lambda each: (each.fired_at, each.id))

    @property
    def told(self) -> list[str]:
        """Every transition so far."""
        return [each.value for change in self.changes for each in change.transitions]

    @property
    def summary(self) -> list[tuple[float, float | None, str]]:
        """Of each incident when it fired, when it was resolved, and its steps."""
        return [(minutes(each.fired_at), minutes_or_none(each.resolved_at), steps(each)) for each in self.all]


def _has(step: Step, given: Sighting) -> bool:
    return step.name == given.step and step.first <= given.starts <= step.starts


def steps(incident: Incident) -> str:
    """Their names."""
    return " ".join(each.name for each in incident.steps)


def minutes(when: datetime) -> float:
    """After noon."""
    return (when - NOON) / timedelta(minutes=1)


def minutes_or_none(when: datetime | None) -> float | None:
    """After noon; None where there is no time."""
    return None if when is None else minutes(when)


def tell_often(url: str, told: Sequence[Sighting], gate: Barrier) -> None:
    """A daemon that is told everything, again and again, while others are."""
    database = Database(url)
    store = IncidentStore(database)
    gate.wait(60)
    for _ in range(5):
        for each in told:
            store.take([each], lambda around, given: take(around, given, given.starts + timedelta(seconds=30)))
    database.close()
