"""Incidents: what fired when, through which steps, who acknowledged it, and when it was resolved."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _incidents()
    op.create_table(
        "incident_step",
        sa.Column("incident", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        *_times("first", "starts", "seen"),
        *_times("ended", "gone", nullable=True),
    )
    op.create_index("incident_step_by_key", "incident_step", ["key", "starts"])
    op.create_table(
        "incident_acknowledgement",
        sa.Column("incident", sa.String(32), primary_key=True),
        sa.Column("silence", sa.String(64), primary_key=True),
        *_times("at", "until"),
        *_texts("author", "comment"),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        *_texts("labels", "alertname", "severity"),
        *_times("fired_at", "recorded_at"),
        *_times("acknowledged_at", "resolved_at", nullable=True),
        sa.Column("resolution", sa.Text),
        *_times("superseded_at", nullable=True),
        *_texts("summary", "description"),
    )
    op.create_index("incident_by_key", "incident", ["key", "fired_at"])
    op.create_index("incident_by_end", "incident", ["resolved_at"])


def _times(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, TIME, nullable=nullable) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
