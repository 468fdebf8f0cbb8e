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

__all__ = ["foresights", "metadata", "reports"]

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
