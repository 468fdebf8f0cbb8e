"""Home tables: who opened the app's Home and what they wish to be told, and direct messages."""

from sqlalchemy import Column, Index, LargeBinary

from bot.store.column_types import WHOLE, BoundedText
from bot.store.table_parts import (
    id_column,
    metadata,
    number_column,
    partial,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["direct_messages", "homes", "metadata"]

# One row a person; `wishes` is a list with commas. `shown` is what they see, but for what changes all the time.
homes = table(
    "homes",
    id_column(),
    Column("user_id", BoundedText(64), nullable=False, unique=True),
    text_column("wishes", 200),
    time_column("wished_at"),
    time_column("opened_at"),
    time_column("pressed_at", nullable=True),
    time_column("published_at", nullable=True),
    number_column("generation"),
    number_column("observed_generation"),
    text_column("shown", 64),
    text_column("view_hash", 100),
    text_column("note", 600),
    *work_columns(),
    Index("ix_homes_due_at", "due_at", **partial("observed_generation < generation")),
    Index("ix_homes_opened_at", "opened_at"),
)

# What is told to one person alone, each once: `digest` names the person and what happened.
direct_messages = table(
    "direct_messages",
    id_column(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    text_column("user_id", 64),
    text_column("wish", 16),
    Column("about", WHOLE, nullable=False),  # the number of the incident or resize
    time_column("added_at"),
    text_column("channel", 64),
    text_column("ts", 64),
    time_column("posting_since", nullable=True),
    number_column("is_open"),
    *work_columns(),
    Index("ix_direct_messages_due_at", "due_at", **partial("is_open = 1")),
    Index("ix_direct_messages_user_id", "user_id"),
    Index("ix_direct_messages_added_at", "added_at"),
)
