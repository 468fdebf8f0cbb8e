"""Told: what the audit trail says in English, in the language of the channel that it concerns as well."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"

EXCHANGED = " AND ".join(
    f"NEW.{name} IN (OLD.{name}, replace(replace(OLD.{name}, '<@' || person || '>', pseudonym), person, pseudonym))"
    for name in ("subject", "who", "deed", "words", "detail", "link", "told")
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
    """Add a column that is empty where an older process writes, and let the trail's trigger watch it as well."""
    op.add_column("audit_trail", sa.Column("told", sa.Text(), nullable=False, server_default=sa.text("''")))
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)
