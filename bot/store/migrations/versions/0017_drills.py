"""Drills: tests of the whole path that are under way, and when each door for people was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0011"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENTS = ("sent", "accepted", "stamped", "published", "received", "stored", "posting", "posted", "told")


def upgrade() -> None:
    """Add two tables, which older processes need not know."""
    op.create_table(
        "drills",
        sa.Column("id", WHOLE, nullable=False),
        *_texts("token", "user_id", "channel", "response_url", "place", "ts"),
        sa.Column("started_at", WHOLE, nullable=False),
        *[sa.Column(f"{name}_at", WHOLE, nullable=True) for name in MOMENTS],
        *[sa.Column(name, WHOLE, nullable=False) for name in ("attempts", "fence", "due_at")],
        sa.Column("leased_until", WHOLE, nullable=True),
        *_texts("lease_owner", "error"),
        sa.PrimaryKeyConstraint("id", name="pk_drills"),
        sa.UniqueConstraint("token", name="uq_drills_token"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drills_due_at", "drills", ["due_at"])
    op.create_table(
        "sightings",
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("seen_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("door", name="pk_sightings"),
        sqlite_strict=True,
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
