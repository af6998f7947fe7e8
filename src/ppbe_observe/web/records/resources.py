"""Everything that is known of one resource. Pure."""

from ppbe_observe.web.records.base import Record
from ppbe_observe.web.records.findings import FindingSummary, Seen
from ppbe_observe.web.records.incidents import IncidentSummary


class ResourceRecord(Record):
    """A resource as the last evaluation saw it."""

    arn: str
    kind: str
    account_id: str
    region: str
    partition: str
    whole: bool
    """Whether it stands for all resources of its kind on the target."""
    seen: Seen
    findings: tuple[FindingSummary, ...]
    incidents: tuple[IncidentSummary, ...]
    """The newest ones whose alert names it; `/api/v1/incidents?q=ARN` finds all, and those of longer names."""
    notice: str
    """What could not be told, and why; empty where everything could."""
