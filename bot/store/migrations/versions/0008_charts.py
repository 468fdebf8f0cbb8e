"""Charts: what is to be drawn, and which file of it Slack is still processing."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, which older processes need not know."""
    op.create_table(
        "charts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("incident_id", WHOLE, nullable=False),
        *_texts("file_id", "file_digest"),
        *[sa.Column(name, WHOLE, nullable=False) for name in ("attempts", "fence", "due_at")],
        sa.Column("leased_until", WHOLE, nullable=True),
        *_texts("lease_owner", "error"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_charts_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_charts"),
        sqlite_strict=True,
    )
    op.create_index("uq_charts_incident_id", "charts", ["incident_id"], unique=True)
    op.create_index("ix_charts_due_at", "charts", ["due_at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
