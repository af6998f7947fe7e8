"""The history of findings: what is open since when, when each check was evaluated, and each day's states."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _findings()
    op.create_table(
        "evaluation",
        *_target(),
        sa.Column("check", sa.Text, primary_key=True),
        sa.Column("evaluated_at", TIME, nullable=False),
    )
    op.create_table(
        "daily_state",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("worst", sa.Text, nullable=False),
    )


def _findings() -> None:
    op.create_table(
        "finding",
        *_target(),
        sa.Column("id", sa.LargeBinary(32), primary_key=True),
        sa.Column("check", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        *(
            sa.Column(name, TIME, nullable=name == "resolved_at")
            for name in ("first_seen", "opened_at", "last_seen", "resolved_at")
        ),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("flaps", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table("finding_version", *_target(), sa.Column("version", sa.String(32), nullable=False))


def _target() -> tuple[sa.Column[str], sa.Column[str]]:
    account = sa.Column("account_id", sa.String(12), primary_key=True)
    return account, sa.Column("region", sa.String(32), primary_key=True)
