"""How available the watched system was on each day, by objective."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "availability_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("id", sa.LargeBinary(32), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("slo", "service", "labels")),
        sa.Column("objective", sa.Float, nullable=False),
        sa.Column("events", sa.Float),
        sa.Column("bad", sa.Float),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("minutes", "idle_minutes", "unknown_minutes")),
        sa.Column("outages", sa.Text, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
    )
