"""The words of the design, as immutable values. Pure: no I/O, no clock.

Invariants: a value never changes after it was built; every time is aware and in UTC; a failure is part
of what was seen, so that a snapshot with failures is never mistaken for a whole one.
"""

from ppbe_observe.model.availability import Availability, AvailabilityDay, ObjectiveKey, Span
from ppbe_observe.model.findings import Exemption, Finding, Outcome, Severity, Verdict
from ppbe_observe.model.history import DailyState, FindingKey, Tracked
from ppbe_observe.model.incidents import (
    Acknowledgement,
    Around,
    Identity,
    Incident,
    Resolution,
    Sighting,
    Step,
    Transition,
)
from ppbe_observe.model.metrics import Family, Kind, Sample, Snapshot
from ppbe_observe.model.resources import (
    Answer,
    Facts,
    Failure,
    Found,
    Labels,
    Observation,
    Provenance,
    Reason,
    Resource,
    Role,
    Target,
)

__all__ = [
    "Acknowledgement",
    "Answer",
    "Around",
    "Availability",
    "AvailabilityDay",
    "DailyState",
    "Exemption",
    "Facts",
    "Failure",
    "Family",
    "Finding",
    "FindingKey",
    "Found",
    "Identity",
    "Incident",
    "Kind",
    "Labels",
    "ObjectiveKey",
    "Observation",
    "Outcome",
    "Provenance",
    "Reason",
    "Resolution",
    "Resource",
    "Role",
    "Sample",
    "Severity",
    "Sighting",
    "Snapshot",
    "Span",
    "Step",
    "Target",
    "Tracked",
    "Transition",
    "Verdict",
]
