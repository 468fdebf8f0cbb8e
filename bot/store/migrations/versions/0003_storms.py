"""Storms: one message for many incidents, and which of the notices that wait come first."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table and columns with defaults, which rewrite nothing and which older processes need not know."""
    names = ("account", "region", "cluster", "channel")
    _storms(names)
    _index("uq_storms_running", "storms", *names, where="ended_at IS NULL", unique=True)
    op.add_column("notices", _flag("urgency"))
    for name in ("waiting_since", "posted_at", "storm_id", "in_storm"):
        op.add_column("notices", sa.Column(name, WHOLE, nullable=True))
    op.add_column("notices", _flag("is_folded"))
    _index("uq_notices_storm_id", "notices", "storm_id", unique=True)
    _index("ix_notices_in_storm", "notices", "in_storm", where="in_storm IS NOT NULL")


def _storms(names: tuple[str, ...]) -> None:
    op.create_table(
        "storms",
        sa.Column("id", WHOLE, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        *(sa.Column(name, WHOLE, nullable=False) for name in ("generation", "began_at", "last_opened_at")),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_storms"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _flag(name: str) -> Any:
    return sa.Column(name, WHOLE, nullable=False, server_default=sa.text("0"))


def _index(name: str, table: str, *columns: str, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition
    )
