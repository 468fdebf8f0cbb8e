"""Tally tables: kills counted per group key and UTC day, which is derived and never the truth; `bot.store.schema` has the rules.

A day's tally stands for as long as no kill of that day is added, moved or removed. The database itself notes that, so
that older processes need not know of it. The note names the claim to the day and not the day, and is a row of its own:
whoever records kills waits for nobody, and nothing that was changed before a new claim can spoil or spare it.
"""

from sqlalchemy import DDL, Column, Index, PrimaryKeyConstraint, UniqueConstraint, event

from bot.store.column_types import WHOLE, Flag
from bot.store.table_parts import id_column, metadata, number_column, table

__all__ = ["metadata", "tallied_days", "tallies", "tally_changes"]

tallied_days = table(
    "tallied_days",
    id_column(),
    number_column("day"),  # since 1970, UTC
    Column("is_counted", Flag(), nullable=False),
    UniqueConstraint("day", name="uq_tallied_days_day"),
    keeps_ids=True,
)

tally_changes = table(
    "tally_changes",
    id_column(),
    number_column("tallied_day_id"),
    Index("ix_tally_changes_tallied_day_id", "tallied_day_id"),
)

tallies = table(
    "tallies",
    Column("day", WHOLE, nullable=False),
    Column("group_key_id", WHOLE, nullable=False),  # no foreign key: a name is forgotten with its last kill
    number_column("kills"),
    PrimaryKeyConstraint("day", "group_key_id", name="pk_tallies"),
    Index("ix_tallies_group_key_id_day", "group_key_id", "day", "kills"),
)

_NOTE = (
    "INSERT INTO tally_changes (tallied_day_id) SELECT id FROM tallied_days WHERE day IN ({days}) "
    "AND NOT EXISTS (SELECT 1 FROM tally_changes WHERE tallied_day_id = tallied_days.id)"
)
_IS_TALLIED = "EXISTS (SELECT 1 FROM tallied_days WHERE day IN ({days}))"
_MOVED = "(OLD.group_key_id, OLD.died_at, OLD.verdict) {differ} (NEW.group_key_id, NEW.died_at, NEW.verdict)"
_OLD, _NEW = "OLD.died_at / 86400000", "NEW.died_at / 86400000"


def _sqlite(name: str, change: str, days: str, when: str = "") -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {change} ON kills WHEN {when}{_IS_TALLIED.format(days=days)} "
        f"BEGIN {_NOTE.format(days=days)}; END"
    )


_NOTED = {
    "sqlite": (
        _sqlite("kills_added", "INSERT", _NEW),
        _sqlite(
            "kills_moved",
            "UPDATE OF group_key_id, died_at, verdict",
            f"{_OLD}, {_NEW}",
            f"{_MOVED.format(differ='IS NOT')} AND ",
        ),
        _sqlite("kills_removed", "DELETE", _OLD),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION note_changed_kills() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            f"IF {_IS_TALLIED.format(days=f'{_OLD}, {_NEW}')} THEN {_NOTE.format(days=f'{_OLD}, {_NEW}')}; END IF; "
            "RETURN NULL; END$$"
        ),
        "CREATE TRIGGER kills_added AFTER INSERT ON kills FOR EACH ROW EXECUTE FUNCTION note_changed_kills()",
        (
            "CREATE TRIGGER kills_moved AFTER UPDATE OF group_key_id, died_at, verdict ON kills FOR EACH ROW "
            f"WHEN ({_MOVED.format(differ='IS DISTINCT FROM')}) EXECUTE FUNCTION note_changed_kills()"
        ),
        "CREATE TRIGGER kills_removed AFTER DELETE ON kills FOR EACH ROW EXECUTE FUNCTION note_changed_kills()",
    ),
}
for _dialect, _statements in _NOTED.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left it out
        event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))
