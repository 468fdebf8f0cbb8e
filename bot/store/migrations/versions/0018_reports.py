"""Reports: what each channel was told of a week, what the daily look found, and files that were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add three tables and a column that may be empty, which older processes need not know."""
    op.create_table(
        "reports",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        *_wholes("slot", "made_at"),
        sa.Column("report", sa.Text(), nullable=False),
        *_wholes("is_open"),
        sa.Column("chart_file_id", sa.Text(), nullable=False),
        *_wholes("attempts", "fence", "due_at"),
        sa.Column("leased_until", WHOLE, nullable=True),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("lease_owner", "error")],
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    is_open = sa.text("is_open = 1")
    op.create_index("uq_reports_channel_slot", "reports", ["channel", "slot"], unique=True)
    op.create_index(
        "ix_reports_due_at", "reports", ["due_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("ix_reports_made_at", "reports", ["made_at"])
    _foresights()
    _exports()
    op.add_column("notices", sa.Column("report_id", WHOLE, nullable=True))
    op.create_index("uq_notices_report_id", "notices", ["report_id"], unique=True)


def _foresights() -> None:
    op.create_table(
        "foresights",
        sa.Column("id", WHOLE, nullable=False),
        *_wholes("made_at"),
        sa.Column("foresight", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_foresights"),
        sqlite_strict=True,
    )
    op.create_index("ix_foresights_made_at", "foresights", ["made_at"])


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", WHOLE, nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("user_id", "response_url", "words")],
        *_wholes("asked_at"),
        sa.Column("file_id", sa.Text(), nullable=False),
        *_wholes("attempts", "fence", "due_at"),
        sa.Column("leased_until", WHOLE, nullable=True),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("lease_owner", "error")],
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sqlite_strict=True,
    )
    op.create_index("ix_exports_due_at", "exports", ["due_at"])


def _wholes(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]
