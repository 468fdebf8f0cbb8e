"""Forgetting: a person may be taken out of the store, and out of the audit trail without another word being changed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"

EXCHANGED = " AND ".join(
    f"NEW.{name} IN (OLD.{name}, replace(replace(OLD.{name}, '<@' || person || '>', pseudonym), person, pseudonym))"
    for name in ("subject", "who", "deed", "words", "detail", "link")
)
ALLOWED = "EXISTS (SELECT 1 FROM forgetting WHERE pseudonym LIKE 'former-member-______' AND NEW.id = OLD.id AND NEW.at = OLD.at AND {same} AND {exchanged})"
KEPT = {
    "sqlite": (
        "DROP TRIGGER audit_trail_kept",
        (
            "CREATE TRIGGER audit_trail_kept BEFORE UPDATE ON audit_trail WHEN NOT "
            f"{ALLOWED.format(same='NEW.resize_id IS OLD.resize_id', exchanged=EXCHANGED)} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION audit_trail_kept() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NOT "
            f"{ALLOWED.format(same='NEW.resize_id IS NOT DISTINCT FROM OLD.resize_id', exchanged=EXCHANGED)} "
            "THEN RAISE EXCEPTION 'the audit trail is append-only'; END IF; RETURN NEW; END$$"
        ),
    ),
}


def upgrade() -> None:
    """Add a table, and let the trail's trigger pass what that table asks for. Older processes change no entry anyway."""
    op.create_table(
        "forgetting",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_forgetting"),
        sqlite_strict=True,
    )
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)
