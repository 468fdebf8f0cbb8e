"""Looks: questions whose answers follow."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, which older processes need not know."""
    op.create_table(
        "looks",
        sa.Column("id", WHOLE, nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("user_id", "response_url", "words")],
        *[sa.Column(name, WHOLE, nullable=False) for name in ("asked_at", "attempts", "fence", "due_at")],
        sa.Column("leased_until", WHOLE, nullable=True),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("lease_owner", "error")],
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
        sqlite_strict=True,
    )
    op.create_index("ix_looks_due_at", "looks", ["due_at"])
