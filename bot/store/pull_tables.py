"""Pull tables: what is done in turns by whoever comes first, and when each account was last heard."""

from sqlalchemy import Column

from bot.store.column_types import BoundedText
from bot.store.table_parts import table, time_column

# What is done every so often, by whichever process comes first.
rounds = table(
    "rounds",
    Column("name", BoundedText(100), primary_key=True),
    time_column("due_at"),
    time_column("finished_at", nullable=True),
)

# When an event of an account was last heard, give or take a minute.
pulses = table(
    "pulses",
    Column("account", BoundedText(64), primary_key=True),
    time_column("heard_at"),  # or watched since
    time_column("silent_since", nullable=True),  # set while the operators know that nothing comes
    time_column("event_at", nullable=True),
)
