"""Letter tables: messages that wait, as they came, for their turn to be recorded; `bot.store.schema` has the rules."""

from sqlalchemy import Column, LargeBinary

from bot.store.table_parts import id_column, number_column, table, text_column, time_column

__all__ = ["letters"]

letters = table(
    "letters",
    id_column(),
    Column("words", LargeBinary, nullable=False),  # topic ARN, message id, subject and message, uncut
    time_column("published_at"),
    time_column("arrived_at"),
    time_column("due_at"),
    number_column("attempts"),
    text_column("error", 500),
)
