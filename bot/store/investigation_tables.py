"""Investigation tables: what is being looked into, what was found, what is to be drawn of it; `bot.store.schema` has the rules."""

from sqlalchemy import Column, Index, LargeBinary

from bot.store.column_types import Flag
from bot.store.table_parts import (
    id_column,
    metadata,
    number_column,
    partial,
    reference_column,
    table,
    text_column,
    time_column,
    work_columns,
)

__all__ = ["autopsies", "charts", "investigations", "metadata"]

investigations = table(
    "investigations",
    id_column(),
    reference_column("incident_id", "incidents.id"),
    Column("is_open", Flag(), nullable=False),  # something is left to be looked at
    number_column("looks"),  # made since it was opened
    time_column("seen_kill_at"),  # later kills may want another investigation
    text_column("task_definition_arn", 512),  # of the newest death that was looked into
    time_column("made_at", nullable=True),
    text_column("diagnosis", 200_000),
    text_column("picture", 200_000),
    text_column("chart_file_id", 64),
    text_column("chart_digest", 64),  # of the picture that the file shows
    *work_columns(),
    number_column("foretold_s", nullable=True),  # how long the next life will last, where the look could tell
    Index("uq_investigations_incident_id", "incident_id", unique=True),
    Index("ix_investigations_due_at", "due_at", **partial("is_open = 1")),
)

# Charts to be drawn; a row goes when its chart is shown.
charts = table(
    "charts",
    id_column(),
    reference_column("incident_id", "incidents.id"),
    text_column("file_id", 64),  # uploaded, and not yet known to be ready
    text_column("file_digest", 64),  # of what that file shows
    *work_columns(),
    Index("uq_charts_incident_id", "incident_id", unique=True),
    Index("ix_charts_due_at", "due_at"),
)

# Failures whose log is to be looked at. One that was looked at stays a while: those like it wait until then.
autopsies = table(
    "autopsies",
    id_column(),
    Column("digest", LargeBinary, nullable=False, unique=True),  # of task ARN and container
    Column("matter", LargeBinary, nullable=False),  # digest of group key and revision
    text_column("account", 64),
    Column("is_open", Flag(), nullable=False),  # not yet looked at
    time_column("recorded_at"),
    time_column("looked_at", nullable=True),
    text_column("death", 20_000),
    *work_columns(),
    Index("ix_autopsies_due_at", "due_at", **partial("is_open = 1")),
    Index("ix_autopsies_matter_due_at", "matter", "due_at"),
    Index("ix_autopsies_looked_at", "looked_at", **partial("looked_at IS NOT NULL")),
    Index("ix_autopsies_recorded_at", "recorded_at"),
)
