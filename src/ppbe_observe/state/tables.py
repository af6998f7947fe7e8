"""The tables of the state database, as the newest migration leaves them. Pure.

ARNs have no limit here: a finding's key is a digest, as PostgreSQL indexes at most 2,700 bytes.
"""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

from ppbe_observe.state.columns import AnyText, UtcDateTime

metadata = MetaData()


def _target() -> tuple[Column[str], Column[str]]:
    return Column("account_id", String(12), primary_key=True), Column("region", String(32), primary_key=True)


counter_state = Table(
    "counter_state",
    metadata,
    *_target(),
    Column("exporter", String(128), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("dollars", Float, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    *_target(),
    Column("id", LargeBinary(32), primary_key=True),  # SHA-256 of check and ARN
    Column("check", Text, nullable=False),
    Column("resource", AnyText, nullable=False),
    Column("severity", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("opened", Integer, nullable=False),
    Column("flaps", Integer, nullable=False),
    Column("reason", AnyText, nullable=False),
)

finding_version = Table(
    "finding_version",
    metadata,
    *_target(),
    Column("version", String(32), nullable=False),
)
"""A random word per target, another one after each change: it tells whether findings in memory are still so."""

evaluation = Table(
    "evaluation",
    metadata,
    *_target(),
    Column("check", Text, primary_key=True),
    Column("evaluated_at", UtcDateTime, nullable=False),
)

daily_state = Table(
    "daily_state",
    metadata,
    Column("day", Date, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("worst", Text, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", LargeBinary(32), nullable=False),  # SHA-256 of the labels
    Column("labels", AnyText, nullable=False),  # JSON: pairs, sorted
    Column("alertname", AnyText, nullable=False),
    Column("severity", AnyText, nullable=False),
    Column("fired_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("resolution", Text),
    Column("superseded_at", UtcDateTime),
    Column("summary", AnyText, nullable=False),
    Column("description", AnyText, nullable=False),
    Index("incident_by_key", "key", "fired_at"),
    Index("incident_by_end", "resolved_at"),
)
"""What follows from the steps and the acknowledgements (``acknowledged_at`` to ``resolution``) is kept for queries."""

incident_step = Table(
    "incident_step",
    metadata,
    Column("incident", String(32), primary_key=True),
    Column("name", AnyText, primary_key=True),
    Column("key", LargeBinary(32), nullable=False),
    Column("first", UtcDateTime, nullable=False),
    Column("starts", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("gone", UtcDateTime),
    Index("incident_step_by_key", "key", "starts"),
)

incident_acknowledgement = Table(
    "incident_acknowledgement",
    metadata,
    Column("incident", String(32), primary_key=True),
    Column("silence", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("author", AnyText, nullable=False),
    Column("comment", AnyText, nullable=False),
)

availability_day = Table(
    "availability_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("id", LargeBinary(32), primary_key=True),  # SHA-256 of the objective's name and labels
    Column("slo", AnyText, nullable=False),
    Column("service", AnyText, nullable=False),
    Column("labels", AnyText, nullable=False),  # JSON: pairs, sorted
    Column("objective", Float, nullable=False),
    Column("events", Float),
    Column("bad", Float),
    Column("minutes", Integer, nullable=False),
    Column("idle_minutes", Integer, nullable=False),
    Column("unknown_minutes", Integer, nullable=False),
    Column("outages", Text, nullable=False),  # JSON: pairs of first minute and minutes
    Column("recorded_at", UtcDateTime, nullable=False),
)
