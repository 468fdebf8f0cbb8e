"""Autopsies: failures whose log is to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTIAL = {"due_at": "is_open = 1", "looked_at": "looked_at IS NOT NULL"}


def upgrade() -> None:
    """Add a table, which older processes need not know."""
    op.create_table(
        "autopsies",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("matter", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        *_numbers("is_open", "recorded_at"),
        sa.Column("looked_at", WHOLE, nullable=True),
        sa.Column("death", sa.Text(), nullable=False),
        *_numbers("attempts", "fence", "due_at"),
        sa.Column("leased_until", WHOLE, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_autopsies"),
        sa.UniqueConstraint("digest", name="uq_autopsies_digest"),
        sqlite_strict=True,
    )
    for column, words in PARTIAL.items():
        where = sa.text(words)
        op.create_index(
            f"ix_autopsies_{column}", "autopsies", [column], sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_autopsies_matter_due_at", "autopsies", ["matter", "due_at"])
    op.create_index("ix_autopsies_recorded_at", "autopsies", ["recorded_at"])


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]
