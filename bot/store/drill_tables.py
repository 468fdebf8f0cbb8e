"""Drill tables: tests of the whole path that are under way, and when each door for people was last used."""

from sqlalchemy import Column, Index

from bot.store.column_types import BoundedText
from bot.store.table_parts import id_column, table, text_column, time_column, work_columns

drills = table(
    "drills",
    id_column(),
    Column("token", BoundedText(32), nullable=False, unique=True),
    text_column("user_id", 64),
    text_column("channel", 64),
    text_column("response_url", 1000),
    text_column("place", 64),  # the id of the channel that it was posted to
    text_column("ts", 64),
    time_column("started_at"),
    *(
        time_column(f"{name}_at", nullable=True)
        for name in (
            "sent",
            "accepted",
            "stamped",
            "published",
            "received",
            "stored",
            "posting",
            "posted",
            "told",
        )
    ),
    *work_columns(),
    Index("ix_drills_due_at", "due_at"),
    keeps_ids=True,
)

# When something proven was last heard through a door; give or take a minute.
sightings = table(
    "sightings",
    Column("door", BoundedText(64), primary_key=True),
    time_column("seen_at"),
)
