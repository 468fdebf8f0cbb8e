"""Tags: what AWS tags say of a service; and notices remember which channels they could not reach."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table and a column that may be empty, which older processes need not know."""
    op.create_table(
        "subject_tags",
        sa.Column("id", WHOLE, nullable=False),
        *_texts("account", "region", "cluster", "kind", "name", "found", "problem"),
        sa.Column("asked_at", WHOLE, nullable=True),
        *[sa.Column(name, WHOLE, nullable=False) for name in ("attempts", "fence", "due_at")],
        sa.Column("leased_until", WHOLE, nullable=True),
        *_texts("lease_owner", "error"),
        sa.PrimaryKeyConstraint("id", name="pk_subject_tags"),
        sa.UniqueConstraint("account", "region", "cluster", "kind", "name", name="uq_subject_tags"),
        sqlite_strict=True,
    )
    op.create_index("ix_subject_tags_due_at", "subject_tags", ["due_at"])
    op.create_index("ix_subject_tags_asked_at", "subject_tags", ["asked_at"])
    op.add_column("notices", sa.Column("detour", sa.Text(), nullable=True))


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
