"""Warnings: alarms on memory that went off, and the notices that show them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table and a column that may be empty, which older processes need not know."""
    op.create_table(
        "warnings",
        sa.Column("id", WHOLE, nullable=False),
        *_texts("alarm", "name", "account", "region", "cluster", "kind", "owner", "container"),
        sa.Column("is_on", WHOLE, nullable=False),
        *_texts("metric", "reason"),
        *[sa.Column(name, WHOLE, nullable=False) for name in ("began_at", "changed_at")],
        sa.PrimaryKeyConstraint("id", name="pk_warnings"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    on = sa.text("is_on = 1")
    op.create_index(
        "uq_warnings_alarm", "warnings", ["alarm"], unique=True, sqlite_where=on, postgresql_where=on
    )
    op.create_index("ix_warnings_alarm_changed_at", "warnings", ["alarm", "changed_at"])
    op.create_index("ix_warnings_changed_at", "warnings", ["changed_at"])
    op.add_column("notices", sa.Column("warning_id", WHOLE, nullable=True))
    op.create_index("uq_notices_warning_id", "notices", ["warning_id"], unique=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
