"""Tallies: kills counted per group key and UTC day, and a note of each change that makes such a count wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NOTE = (
    "INSERT INTO tally_changes (tallied_day_id) SELECT id FROM tallied_days WHERE day IN ({days}) "
    "AND NOT EXISTS (SELECT 1 FROM tally_changes WHERE tallied_day_id = tallied_days.id)"
)
IS_TALLIED = "EXISTS (SELECT 1 FROM tallied_days WHERE day IN ({days}))"
MOVED = "(OLD.group_key_id, OLD.died_at, OLD.verdict) {differ} (NEW.group_key_id, NEW.died_at, NEW.verdict)"
OLD, NEW = "OLD.died_at / 86400000", "NEW.died_at / 86400000"


def _sqlite(name: str, change: str, days: str, when: str = "") -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {change} ON kills WHEN {when}{IS_TALLIED.format(days=days)} "
        f"BEGIN {NOTE.format(days=days)}; END"
    )


NOTED = {
    "sqlite": (
        _sqlite("kills_added", "INSERT", NEW),
        _sqlite(
            "kills_moved",
            "UPDATE OF group_key_id, died_at, verdict",
            f"{OLD}, {NEW}",
            f"{MOVED.format(differ='IS NOT')} AND ",
        ),
        _sqlite("kills_removed", "DELETE", OLD),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION note_changed_kills() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            f"IF {IS_TALLIED.format(days=f'{OLD}, {NEW}')} THEN {NOTE.format(days=f'{OLD}, {NEW}')}; END IF; "
            "RETURN NULL; END$$"
        ),
        "CREATE TRIGGER kills_added AFTER INSERT ON kills FOR EACH ROW EXECUTE FUNCTION note_changed_kills()",
        (
            "CREATE TRIGGER kills_moved AFTER UPDATE OF group_key_id, died_at, verdict ON kills FOR EACH ROW "
            f"WHEN ({MOVED.format(differ='IS DISTINCT FROM')}) EXECUTE FUNCTION note_changed_kills()"
        ),
        "CREATE TRIGGER kills_removed AFTER DELETE ON kills FOR EACH ROW EXECUTE FUNCTION note_changed_kills()",
    ),
}


def upgrade() -> None:
    """Add tables, and triggers by which older processes tell of what they change without knowing it."""
    op.create_table(
        "tallied_days",
        *_numbers("id", "day", "is_counted"),
        sa.PrimaryKeyConstraint("id", name="pk_tallied_days"),
        sa.UniqueConstraint("day", name="uq_tallied_days_day"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tally_changes",
        *_numbers("id", "tallied_day_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tally_changes"),
        sqlite_strict=True,
    )
    op.create_index("ix_tally_changes_tallied_day_id", "tally_changes", ["tallied_day_id"])
    op.create_table(
        "tallies",
        *_numbers("day", "group_key_id", "kills"),
        sa.PrimaryKeyConstraint("day", "group_key_id", name="pk_tallies"),
        sqlite_strict=True,
    )
    op.create_index("ix_tallies_group_key_id_day", "tallies", ["group_key_id", "day", "kills"])
    for statement in NOTED[op.get_bind().dialect.name]:
        op.execute(statement)


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]
