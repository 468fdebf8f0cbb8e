"""Replicas: Slack's rates that all processes spend together, which processes are alive, when events came."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables and a column that may be empty, which older processes need not know."""
    _table("budgets", "rested_at")
    _table("workers", "beats")
    op.add_column("pulses", sa.Column("event_at", WHOLE, nullable=True))


def _table(name: str, number: str) -> None:
    op.create_table(
        name,
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(number, WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("name", name=f"pk_{name}"),
        sqlite_strict=True,
    )
