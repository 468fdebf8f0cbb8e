"""Warning tables: CloudWatch alarms on memory that went off, and back; `bot.store.schema` has the rules."""

from sqlalchemy import Column, Index

from bot.store.column_types import Flag
from bot.store.table_parts import id_column, metadata, partial, table, text_column, time_column

__all__ = ["metadata", "warnings"]

warnings = table(
    "warnings",
    id_column(),
    text_column("alarm", 512),
    text_column("name", 255),
    *[text_column(field, limit) for field, limit in (("account", 64), ("region", 64), ("cluster", 255))],
    *[text_column(field, limit) for field, limit in (("kind", 16), ("owner", 255), ("container", 255))],
    Column("is_on", Flag(), nullable=False),
    text_column("metric", 255),
    text_column("reason", 1000),
    time_column("began_at"),  # when it went off; for an alarm that never did, when we heard that it is OK
    time_column("changed_at"),  # older news are no news
    Index("uq_warnings_alarm", "alarm", unique=True, **partial("is_on = 1")),
    Index("ix_warnings_alarm_changed_at", "alarm", "changed_at"),
    Index("ix_warnings_changed_at", "changed_at"),
    keeps_ids=True,
)
