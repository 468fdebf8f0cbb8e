"""Investigations: what is being looked into, and what was found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, which older processes need not know."""
    op.create_table(
        "investigations",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("incident_id", WHOLE, nullable=False),
        *_numbers("is_open", "looks", "seen_kill_at"),
        *_texts("task_definition_arn"),
        sa.Column("made_at", WHOLE, nullable=True),
        *_texts("diagnosis", "picture", "chart_file_id", "chart_digest"),
        *_numbers("attempts", "fence", "due_at"),
        sa.Column("leased_until", WHOLE, nullable=True),
        *_texts("lease_owner", "error"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_investigations_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_investigations"),
        sqlite_strict=True,
    )
    op.create_index("uq_investigations_incident_id", "investigations", ["incident_id"], unique=True)
    is_open = sa.text("is_open = 1")
    op.create_index(
        "ix_investigations_due_at",
        "investigations",
        ["due_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
