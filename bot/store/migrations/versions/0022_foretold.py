"""Foretold: how long the next life will last, as the last look said, so that a much shorter one has it looked again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision: str | None = "0021"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a column that may be empty, which older processes need not know."""
    op.add_column("investigations", sa.Column("foretold_s", WHOLE, nullable=True))
