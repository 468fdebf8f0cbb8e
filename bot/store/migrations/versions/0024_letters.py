"""Letters: messages that wait, as they came, for their turn to be recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table that older processes need not know: those who put letters there also take them out."""
    op.create_table(
        "letters",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", WHOLE, nullable=False),
        sa.Column("arrived_at", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sqlite_strict=True,
    )
