"""Home: who opened it and what they wish to be told, and direct messages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables, which older processes need not know."""
    _homes()
    _direct_messages()


def _homes() -> None:
    op.create_table(
        "homes",
        sa.Column("id", WHOLE, nullable=False),
        *_texts("user_id", "wishes"),
        *_numbers("wished_at", "opened_at"),
        *_numbers("pressed_at", "published_at", nullable=True),
        *_numbers("generation", "observed_generation"),
        *_texts("shown", "view_hash", "note"),
        *_work(),
        sa.PrimaryKeyConstraint("id", name="pk_homes"),
        sa.UniqueConstraint("user_id", name="uq_homes_user_id"),
        sqlite_strict=True,
    )
    _index("homes", "due_at", "observed_generation < generation")
    op.create_index("ix_homes_opened_at", "homes", ["opened_at"])


def _direct_messages() -> None:
    op.create_table(
        "direct_messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        *_texts("user_id", "wish"),
        *_numbers("about", "added_at"),
        *_texts("channel", "ts"),
        *_numbers("posting_since", nullable=True),
        *_numbers("is_open"),
        *_work(),
        sa.PrimaryKeyConstraint("id", name="pk_direct_messages"),
        sa.UniqueConstraint("digest", name="uq_direct_messages_digest"),
        sqlite_strict=True,
    )
    _index("direct_messages", "due_at", "is_open = 1")
    op.create_index("ix_direct_messages_user_id", "direct_messages", ["user_id"])
    op.create_index("ix_direct_messages_added_at", "direct_messages", ["added_at"])


def _index(table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=nullable) for name in names]


def _work() -> list[sa.Column[Any]]:
    numbers = [sa.Column(name, WHOLE, nullable=False) for name in ("attempts", "fence", "due_at")]
    texts = [sa.Column(name, sa.Text(), nullable=False) for name in ("lease_owner", "error")]
    return [*numbers, sa.Column("leased_until", WHOLE, nullable=True), *texts]
