"""Silences: what they quiet, and the one that acknowledges an alert. Pure.

Alertmanager tells nobody of the end of what is silenced (docs/adr/0012), so an acknowledgement leaves out who was told.

Source: Alertmanager's API v2 (``api/v2/openapi.yaml``: silence, matcher).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ppbe_observe.alerting.escalation.ladders import LEVELS
from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.incidents import resource_labels
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.model.incidents import Acknowledgement, Identity, Incident


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as Alertmanager has it; one that was ended early ends when that was done."""

    id: str
    matchers: tuple[Matcher, ...]
    starts: datetime
    ends: datetime
    author: str
    comment: str

    @property
    def acknowledgement(self) -> Acknowledgement:
        """What is kept of it."""
        return Acknowledgement(self.id, self.starts, self.ends, self.author, self.comment)

    def quiets(self, incident: Incident, now: datetime, named: Iterable[str]) -> bool:
        """Whether it was there while an incident was open, and is on it; on which of its steps does not matter.

        ``named`` are the silences that Alertmanager names for the incident now.
        """
        over = incident.resolved_at or now
        if not (self.starts <= over and self.ends > incident.fired_at):
            return False
        return self.id in named or self._known_to_match(incident.identity)

    def _known_to_match(self, identity: Identity) -> bool:
        """Of a regular expression only Alertmanager knows what it matches."""
        wanted = [each for each in self.matchers if each.label != ESCALATION]
        return bool(wanted) and all(
            "~" not in each.operator and each.accepts(identity.get(each.label)) for each in wanted
        )


def matchers_for(identity: Identity) -> tuple[Matcher, ...]:
    """What quiets an alert on one resource, whatever its step: its name and the labels that tell it apart."""
    labels = {"alertname": identity.alertname, **resource_labels(identity)}
    return tuple(Matcher(name, "=", text) for name, text in labels.items())


def acknowledging(identity: Identity, told: Collection[str]) -> tuple[Matcher, ...]:
    """The silence that stops an alert from climbing, and lets its end be told to whoever knows of it.

    Args:
        identity: The alert.
        told: The levels of its copies that fire; an empty one is a rule without a ladder.

    Returns:
        The matchers of the levels that are left. Where none is, those of all: then its end is told to nobody.
    """
    left = [] if "" in told else [each for each in LEVELS if each not in told]
    return (*matchers_for(identity), *([Matcher(ESCALATION, "=~", "|".join(left))] if left else []))
