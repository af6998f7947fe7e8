"""Counters and spending. Adopts the databases of version 0.1.0, which made these tables and kept no revision."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, unless they are there."""
    op.create_table(
        "counter_state",
        sa.Column("account_id", sa.String(12), primary_key=True),
        sa.Column("region", sa.String(32), primary_key=True),
        sa.Column("exporter", sa.String(128), primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "spending",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("dollars", sa.Float, nullable=False),
        if_not_exists=True,
    )
