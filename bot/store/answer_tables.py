"""Answer tables: answers that follow, and answers that are shared; `bot.store.schema` has the rules."""

from sqlalchemy import Column, Index, LargeBinary

from bot.store.table_parts import (
    id_column,
    metadata,
    partial,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["looks", "metadata", "shares"]

shares = table(
    "shares",
    id_column(),
    Column("digest", LargeBinary, nullable=False, unique=True),  # of channel, user, source and words
    text_column("user_id", 64),
    text_column("channel", 64),
    text_column("response_url", 2000),  # good for posting: emptied when there is nothing left to do with it
    text_column("words", 4000),
    time_column("added_at"),
    time_column("posting_since", nullable=True),
    *work_columns(),
    Index("ix_shares_due_at", "due_at", **partial("response_url <> ''")),
    Index("ix_shares_added_at", "added_at"),
)

# What somebody asked and AWS must be looked at for; a row goes when it is answered.
looks = table(
    "looks",
    id_column(),
    text_column("user_id", 64),
    text_column("response_url", 2000),
    text_column("words", 4000),
    time_column("asked_at"),
    *work_columns(),
    Index("ix_looks_due_at", "due_at"),
)
