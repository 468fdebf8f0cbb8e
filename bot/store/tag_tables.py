"""Tag tables: what AWS tags say of a subject, as it was last read; `bot.store.schema` has the rules."""

from sqlalchemy import Index, UniqueConstraint

from bot.store.table_parts import id_column, metadata, table, text_column, time_column, work_columns

__all__ = ["metadata", "subject_tags"]

subject_tags = table(
    "subject_tags",
    id_column(),
    *[text_column(field, limit) for field, limit in (("account", 64), ("region", 64), ("cluster", 255))],
    *[text_column(field, limit) for field, limit in (("kind", 16), ("name", 255))],
    text_column("found", 100_000),  # JSON
    text_column("problem", 500),
    time_column("asked_at", nullable=True),
    *work_columns(),
    UniqueConstraint("account", "region", "cluster", "kind", "name", name="uq_subject_tags"),
    Index("ix_subject_tags_due_at", "due_at"),
    Index("ix_subject_tags_asked_at", "asked_at"),
)
