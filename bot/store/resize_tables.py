"""Resize tables: what was asked and where it stands, who did what, and what is frozen; `bot.store.schema` has the rules."""

from sqlalchemy import DDL, Column, Index, event, text

from bot.store.column_types import WHOLE, BoundedText, Flag
from bot.store.table_parts import (
    id_column,
    metadata,
    number_column,
    partial,
    reference_column,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["audit_cursors", "audit_trail", "forgetting", "freezes", "metadata", "resizes"]

resizes = table(
    "resizes",
    id_column(),
    reference_column("incident_id", "incidents.id", nullable=True),
    text_column("target", 1000),  # the subject in one line
    text_column("submission", 200),  # of the form that asked, so that a second arrival is known
    text_column("plan_hash", 64),
    text_column("phase", 32),
    Column("is_finished", Flag(), nullable=False),
    Column("is_open", Flag(), nullable=False),  # something is left to be looked at
    time_column("requested_at"),
    time_column("looked_at"),
    time_column("ended_at", nullable=True),
    text_column("spec", 500_000),
    text_column("status", 100_000),
    *work_columns(),
    # One unfinished resize per target, whatever races.
    Index("uq_resizes_unfinished", "target", unique=True, **partial("is_finished = 0")),
    Index("uq_resizes_submission", "submission", unique=True, **partial("submission <> ''")),
    Index("ix_resizes_due_at", "due_at", **partial("is_open = 1")),
    Index("ix_resizes_incident_id", "incident_id"),
    Index("ix_resizes_target", "target", "id"),
    Index("ix_resizes_ended_at", "ended_at"),
    keeps_ids=True,
)

audit_trail = table(
    "audit_trail",
    id_column(),
    time_column("at"),
    Column("resize_id", WHOLE),
    text_column("subject", 1000),
    text_column("who", 64),
    text_column("deed", 32),
    text_column("words", 3000),
    text_column("detail", 100_000),
    text_column("link", 2000),
    Column("told", BoundedText(3000), nullable=False, server_default=text("''")),  # in the channel's language
    Index("ix_audit_trail_at", "at"),
    Index("ix_audit_trail_subject", "subject", "id"),
    Index("ix_audit_trail_resize_id", "resize_id"),
    keeps_ids=True,
)

# How far somebody has read the audit trail, who passes it on.
audit_cursors = table(
    "audit_cursors",
    Column("name", BoundedText(100), primary_key=True),
    number_column("entry_id"),
)

freezes = table(
    "freezes",
    id_column(),
    text_column("account", 64),
    text_column("cluster", 255),
    text_column("name", 255),
    text_column("frozen_by", 64),
    time_column("frozen_at"),
    text_column("reason", 1000),
    time_column("ends_at", nullable=True),
    text_column("thawed_by", 64),
    time_column("thawed_at", nullable=True),
    Index("ix_freezes_unthawed", "id", **partial("thawed_at IS NULL")),
    keeps_ids=True,
)

# Who is being taken out of the store, and what takes their place: filled and emptied within one transaction.
forgetting = table(
    "forgetting",
    Column("person", BoundedText(64), primary_key=True),
    text_column("pseudonym", 64),
)

# What was written stays as it was: the database itself refuses to change it, but for a person whose place a pseudonym
# takes. Old entries may be removed.
_EXCHANGED = " AND ".join(
    f"NEW.{name} IN (OLD.{name}, replace(replace(OLD.{name}, '<@' || person || '>', pseudonym), person, pseudonym))"
    for name in ("subject", "who", "deed", "words", "detail", "link", "told")
)
_ALLOWED = "EXISTS (SELECT 1 FROM forgetting WHERE pseudonym LIKE 'former-member-______' AND NEW.id = OLD.id AND NEW.at = OLD.at AND {same} AND {exchanged})"
_KEPT = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_trail_kept BEFORE UPDATE ON audit_trail WHEN NOT "
            f"{_ALLOWED.format(same='NEW.resize_id IS OLD.resize_id', exchanged=_EXCHANGED)} "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_trail_kept() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NOT "
            f"{_ALLOWED.format(same='NEW.resize_id IS NOT DISTINCT FROM OLD.resize_id', exchanged=_EXCHANGED)} "
            "THEN RAISE EXCEPTION 'the audit trail is append-only'; END IF; RETURN NEW; END$$"
        ),
        (
            "CREATE TRIGGER audit_trail_kept BEFORE UPDATE ON audit_trail "
            "FOR EACH ROW EXECUTE FUNCTION audit_trail_kept()"
        ),
    ),
}
for _dialect, _statements in _KEPT.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left it out
        event.listen(audit_trail, "after_create", _ddl.execute_if(dialect=_dialect))
