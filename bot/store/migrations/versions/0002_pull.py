"""Pull: kills that the sweep found, rounds that processes take in turns, and when accounts were last heard."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a column with a default, which rewrites no table and which older processes need not know, and two tables."""
    op.add_column("kills", sa.Column("recovered", WHOLE, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "rounds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("finished_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_rounds"),
        sqlite_strict=True,
    )
    op.create_table(
        "pulses",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("heard_at", WHOLE, nullable=False),
        sa.Column("silent_since", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("account", name="pk_pulses"),
        sqlite_strict=True,
    )
