"""What follows from Alertmanager's answers: what is news, what is over, what is acknowledged. Pure.

Invariant: what Alertmanager does not have is over only where that proves it: where the same Alertmanager had it before,
or has run for long, as it forgets what fires when it stops.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ppbe_observe.alerting.incidents import WATCHDOG, Change, acknowledge, firing, notice_gone
from ppbe_observe.alerting.silences import Silence
from ppbe_observe.incidents.answers import Active
from ppbe_observe.model import Incident, Sighting, Step

SETTLED = timedelta(minutes=10)
"""By then an Alertmanager that was started has been told all that fires: Prometheus repeats it every minute."""
JUST_SEEN = timedelta(minutes=1)
"""What began so lately may be on its way."""

Steps = dict[bytes, set[str]]
"""Names by alert, which its key stands for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Alertmanager answered, and when it was asked; ``started`` is when it was started itself."""

    at: datetime
    started: datetime
    active: Sequence[Active]
    silences: Sequence[Silence]

    @property
    def settled(self) -> bool:
        """Whether what it does not have is over."""
        return self.at - self.started >= SETTLED

    def firing(self) -> Steps:
        """The steps that fire, by alert."""
        found: Steps = {}
        for each in self.active:
            found.setdefault(each.sighting.identity.key, set()).add(each.sighting.step)
        return found

    def named(self) -> Steps:
        """The silences on what fires, by alert."""
        found: Steps = {}
        for each in self.active:
            found.setdefault(each.sighting.identity.key, set()).update(each.silenced_by)
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """The steps that one run of Alertmanager, since ``started``, has had, by alert."""

    started: datetime | None = None
    steps: Mapping[bytes, Collection[str]] = field(default_factory=dict)

    def before(self, told: Told, known: Collection[bytes]) -> "Seen":
        """What the Alertmanager that answered had before, of what is known to be open."""
        if told.started != self.started:
            return Seen(told.started)
        return Seen(self.started, {key: steps for key, steps in self.steps.items() if key in known})

    def after(self, told: Told) -> "Seen":
        """The same, and what it has now."""
        steps = {key: set(names) for key, names in self.steps.items()}
        for key, names in told.firing().items():
            steps.setdefault(key, set()).update(names)
        return Seen(self.started, steps)

    def had(self, key: bytes, step: str) -> bool:
        """Whether it had this step."""
        return step in self.steps.get(key, ())


def is_news(known: Mapping[bytes, Incident], sighting: Sighting) -> bool:
    """Whether something fires that is not among the open incidents that are known, by alert."""
    incident = known.get(sighting.identity.key)
    return sighting.identity.alertname not in {"", WATCHDOG} and not (incident and firing(incident, sighting))


def revised(incidents: Sequence[Incident], told: Told, seen: Seen) -> Iterator[Change]:
    """What changes in incidents that are open, or were until lately."""
    firing_now, named = told.firing(), told.named()
    for incident in incidents:
        key = incident.identity.key
        unproven = {each.name for each in incident.steps if not _is_proof(told, seen, key, each)}
        still = firing_now.get(key, set()) | unproven
        if changes := list(_news_of(incident, told, still, named.get(key, set()))):
            yield Change(changes[-1].incident, tuple(one for each in changes for one in each.transitions))


def _is_proof(told: Told, seen: Seen, key: bytes, step: Step) -> bool:
    """Whether a step is over where Alertmanager does not have it."""
    return step.starts <= told.at - JUST_SEEN and (told.settled or seen.had(key, step.name))


def _news_of(incident: Incident, told: Told, still: Iterable[str], named: Collection[str]) -> Iterator[Change]:
    """One after the other; each on what the one before gave."""
    if incident.resolved_at is None and (change := notice_gone(incident, still, told.at)):
        yield change
        incident = change.incident
    on_it = named if incident.resolved_at is None else ()
    for each in told.silences:
        if each.quiets(incident, told.at, on_it) and (given := acknowledge(incident, each.acknowledgement)):
            yield given
            incident = given.incident
