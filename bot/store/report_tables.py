"""Report tables: what each channel was told of a week, and what the daily look found; `bot.store.schema` has the rules."""

from sqlalchemy import Column, Index

from bot.store.column_types import Flag
from bot.store.table_parts import (
    id_column,
    metadata,
    partial,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["exports", "foresights", "metadata", "reports"]

reports = table(
    "reports",
    id_column(),
    text_column("channel", 64),
    time_column("slot"),  # when the timetable wanted it
    time_column("made_at"),
    text_column("report", 2_000_000),
    Column("is_open", Flag(), nullable=False),  # its chart is still to be brought into Slack
    text_column("chart_file_id", 64),
    *work_columns(),
    Index("uq_reports_channel_slot", "channel", "slot", unique=True),
    Index("ix_reports_due_at", "due_at", **partial("is_open = 1")),
    Index("ix_reports_made_at", "made_at"),
    keeps_ids=True,
)

foresights = table(
    "foresights",
    id_column(),
    time_column("made_at"),
    text_column("foresight", 2_000_000),
    Index("ix_foresights_made_at", "made_at"),
)

# Files that somebody asked for; a row goes when its file was sent.
exports = table(
    "exports",
    id_column(),
    text_column("user_id", 64),
    text_column("response_url", 2000),
    text_column("words", 4000),
    time_column("asked_at"),
    text_column("file_id", 64),  # in Slack, and perhaps shared already
    *work_columns(),
    Index("ix_exports_due_at", "due_at"),
)
