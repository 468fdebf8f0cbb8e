"""Errand tables: tasks that somebody asks AWS about, and subscriptions to confirm; `bot.store.schema` has the rules."""

from sqlalchemy import Column, Index, LargeBinary

from bot.store.column_types import BoundedText
from bot.store.table_parts import (
    id_column,
    metadata,
    partial,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["confirmations", "lookups", "metadata"]

lookups = table(
    "lookups",
    id_column(),
    Column("task_arn", BoundedText(767), nullable=False, unique=True),
    time_column("published_at"),
    *work_columns(),
    Index("ix_lookups_due_at", "due_at"),
    keeps_ids=True,
)

confirmations = table(
    "confirmations",
    id_column(),
    Column("digest", LargeBinary, nullable=False, unique=True),  # of topic ARN and token
    text_column("topic_arn", 512),
    text_column("token", 4000),  # secret: emptied when there is nothing left to do with it
    text_column("subscription_arn", 512),
    time_column("added_at"),
    time_column("confirmed_at", nullable=True),
    *work_columns(),
    Index("ix_confirmations_due_at", "due_at", **partial("token <> ''")),
)
