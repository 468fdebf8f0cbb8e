"""Replica tables: what the processes that share one PostgreSQL must know of each other; SQLite's stay empty."""

from sqlalchemy import Column

from bot.store.column_types import BoundedText
from bot.store.table_parts import number_column, table, time_column

# When each of Slack's rates will be rested, however many processes spend it.
budgets = table(
    "budgets",
    Column("name", BoundedText(200), primary_key=True),
    time_column("rested_at"),
)

# Who is alive: `beats` grows while it is.
workers = table(
    "workers",
    Column("name", BoundedText(100), primary_key=True),
    number_column("beats"),
)
