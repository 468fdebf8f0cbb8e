"""Schema: the tables of the store, the same ones on SQLite and PostgreSQL.

Rules: keys are 64-bit, times are epoch milliseconds, partial indexes compare with literals (a bind parameter
stops matching them once PostgreSQL plans generically), SQLite tables are STRICT. A change here needs a migration.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    literal_column,
    text,
)

from bot.store.answer_tables import looks, shares
from bot.store.column_types import WHOLE, BoundedInteger, BoundedText, Flag, Rank
from bot.store.drill_tables import drills, sightings
from bot.store.errand_tables import confirmations, lookups
from bot.store.home_tables import direct_messages, homes
from bot.store.investigation_tables import investigations
from bot.store.letter_tables import letters
from bot.store.pull_tables import pulses, rounds
from bot.store.replica_tables import budgets, workers
from bot.store.report_tables import foresights, reports
from bot.store.resize_tables import audit_cursors, audit_trail, freezes, resizes
from bot.store.table_parts import id_column as _id
from bot.store.table_parts import metadata
from bot.store.table_parts import number_column as _number
from bot.store.table_parts import partial as _where
from bot.store.table_parts import reference_column as _refers
from bot.store.table_parts import table as _table
from bot.store.table_parts import text_column as _text
from bot.store.table_parts import time_column as _when
from bot.store.table_parts import work_columns as _work
from bot.store.tag_tables import subject_tags
from bot.store.tally_tables import tallied_days, tallies, tally_changes
from bot.store.warning_tables import warnings

__all__ = [
    "REVISION",
    "audit_cursors",
    "audit_trail",
    "budgets",
    "confirmations",
    "direct_messages",
    "drills",
    "foresights",
    "freezes",
    "homes",
    "investigations",
    "letters",
    "looks",
    "lookups",
    "metadata",
    "pulses",
    "reports",
    "resizes",
    "rounds",
    "shares",
    "sightings",
    "subject_tags",
    "tallied_days",
    "tallies",
    "tally_changes",
    "warnings",
    "workers",
]

REVISION = "0025"  # the newest migration, which this code was written for

# For conditions that a partial index must match.
EMPTY: ColumnElement[Any] = literal_column("''")
RESOLVED: ColumnElement[Any] = literal_column("'resolved'")
YES: ColumnElement[Any] = literal_column("1")
NO: ColumnElement[Any] = literal_column("0")

deliveries = _table(
    "deliveries",
    Column("digest", LargeBinary, primary_key=True),  # of topic ARN and message id
    _when("published_at"),
    _when("received_at"),
    Index("ix_deliveries_received_at", "received_at"),
)

group_keys = _table(
    "group_keys",
    _id(),
    _text("account", 64),
    _text("region", 64),
    _text("cluster", 255),
    _text("kind", 16),
    _text("name", 255),
    _text("container", 255),
    UniqueConstraint("account", "region", "cluster", "kind", "name", "container", name="uq_group_keys"),
)

# What many kills have in common, kept once: ten million kills share a few thousand of these.
circumstances = _table(
    "circumstances",
    _id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _text("task_arn_stem", 512),  # the task's ARN without its last part
    _text("container", 255),
    _text("reason", 1000),
    _text("task_definition_arn", 512),
    _text("launch_type", 64),
    _text("image", 512),
    _text("image_digest", 128),
    _text("started_by", 255),
    _text("container_instance_arn", 512),
    _text("availability_zone", 64),
    Column("container_mib", BoundedInteger()),
    Column("reservation_mib", BoundedInteger()),
    Column("task_mib", BoundedInteger()),
)

incidents = _table(
    "incidents",
    _id(),
    _refers("group_key_id", "group_keys.id"),
    _text("concern", 16),
    Column("verdict", Rank(), nullable=False),
    _text("phase", 16),
    _number("generation"),
    _number("kill_count"),
    _when("first_kill_at"),
    _when("last_kill_at"),
    _when("opened_at"),
    _text("acknowledged_by", 64),
    _when("acknowledged_at", nullable=True),
    _text("resolved_by", 64),
    _when("resolved_at", nullable=True),
    Column("resolution", BoundedText(16)),
    _number("reopened_count"),
    _when("reopened_at", nullable=True),
    # One unfinished incident per group key and concern, whatever races.
    Index("uq_incidents_unfinished", "group_key_id", "concern", unique=True, **_where("phase <> 'resolved'")),
    Index("ix_incidents_unfinished_last_kill_at", "last_kill_at", **_where("phase <> 'resolved'")),
    Index("ix_incidents_group_key_id_concern_resolved_at", "group_key_id", "concern", "resolved_at"),
    Index("ix_incidents_resolved_at", "resolved_at"),
    keeps_ids=True,
)

kills = _table(
    "kills",
    _id(),
    _refers("group_key_id", "group_keys.id"),
    _refers("incident_id", "incidents.id"),
    _refers("circumstance_id", "circumstances.id"),
    _text("task_id", 255),  # the last part of the task's ARN
    Column(
        "death_digest", WHOLE, nullable=False
    ),  # of task ARN and container: two accounts may reuse a task id
    Column("verdict", Rank(), nullable=False),
    _text("confidence", 16),
    _when("died_at"),
    _when("started_at", nullable=True),
    Column("exit_code", BoundedInteger()),
    _number("task_version"),
    Column("task_stopped", Flag(), nullable=False),
    _when("recorded_at"),
    Column("recovered", Flag(), nullable=False, server_default=text("0")),  # found by the sweep, not told
    UniqueConstraint("task_id", "death_digest", name="uq_kills_death"),
    # Every windowed statistic reads one of these two indexes alone.
    Index("ix_kills_group_key_id_died_at", "group_key_id", "died_at", "verdict", "started_at"),
    Index("ix_kills_died_at_group_key_id", "died_at", "group_key_id", "verdict"),
    Index("ix_kills_incident_id_died_at", "incident_id", "died_at", "verdict"),
    Index("ix_kills_circumstance_id", "circumstance_id"),
)

# Deaths whose newest news does not count, so that older news that comes late does not count either.
dismissals = _table(
    "dismissals",
    _id(),
    _text("task_id", 255),
    Column("death_digest", WHOLE, nullable=False),
    _text("container", 255),
    Column("verdict", Rank(), nullable=False),
    _number("task_version"),
    Column("task_stopped", Flag(), nullable=False),
    _when("recorded_at"),
    UniqueConstraint("task_id", "death_digest", name="uq_dismissals_death"),
    Index("ix_dismissals_recorded_at", "recorded_at"),
)

operator_alerts = _table(
    "operator_alerts",
    _id(),
    _text("key", 255),
    _text("summary", 500),
    _text("detail", 3000),
    _when("first_at"),
    _when("last_at"),
    _number("occurrences"),
    _number("generation"),
    Column("is_current", Flag(), nullable=False),
    Index("uq_operator_alerts_current", "key", unique=True, **_where("is_current = 1")),
    Index("ix_operator_alerts_last_at", "last_at"),
    keeps_ids=True,
)

# Many group keys of one cluster that open at once: told in one message of their channel.
STORM_PLACE = ("account", "region", "cluster", "channel")
storms = _table(
    "storms",
    _id(),
    _text("account", 64),
    _text("region", 64),
    _text("cluster", 255),
    _text("channel", 64),
    _number("generation"),
    _when("began_at"),
    _when("last_opened_at"),
    _when("ended_at", nullable=True),
    _text("acknowledged_by", 64),
    _when("acknowledged_at", nullable=True),
    Index("uq_storms_running", *STORM_PLACE, unique=True, **_where("ended_at IS NULL")),
    keeps_ids=True,
)

notices = _table(
    "notices",
    _id(),
    Column("incident_id", WHOLE, ForeignKey("incidents.id"), unique=True),
    Column("operator_alert_id", WHOLE, ForeignKey("operator_alerts.id"), unique=True),
    _text("channel", 64),
    _text("ts", 64),
    _number("generation"),
    _number("observed_generation"),
    *_work(),
    Column("is_deferred", Flag(), nullable=False),  # it waits its turn, so as to show several kills at once
    _when("posting_since", nullable=True),
    _text("shown", 100_000),
    Column("urgency", BoundedInteger(), nullable=False, server_default=text("0")),
    _when("waiting_since", nullable=True),  # since when Slack has shown something old
    _when("posted_at", nullable=True),
    Column("storm_id", WHOLE),  # the storm that it shows
    Column("in_storm", WHOLE),  # the storm that its incident is part of
    Column("is_folded", Flag(), nullable=False, server_default=text("0")),  # and is told in
    Column("resize_id", WHOLE),  # a resize that no incident's notice shows
    Column("warning_id", WHOLE),  # the alarm on memory that it shows
    Column("report_id", WHOLE),  # the week that it tells of
    Column("detour", BoundedText(500)),  # the channels that could not be reached, each with why
    Index("uq_notices_storm_id", "storm_id", unique=True),
    Index("uq_notices_resize_id", "resize_id", unique=True),
    Index("uq_notices_warning_id", "warning_id", unique=True),
    Index("uq_notices_report_id", "report_id", unique=True),
    Index("ix_notices_in_storm", "in_storm", **_where("in_storm IS NOT NULL")),
    Index("ix_notices_due", "due_at", **_where("observed_generation < generation")),
    Index("ix_notices_channel_ts", "channel", "ts", **_where("ts <> ''")),
    Index("ix_notices_error", "id", **_where("error <> ''")),
    keeps_ids=True,
)

replies = _table(
    "replies",
    Column("notice_id", WHOLE, ForeignKey("notices.id"), primary_key=True, autoincrement=False),
    Column("key", BoundedText(100), primary_key=True),
    _text("ts", 64),
    _when("intended_at"),
)

feedback = _table(
    "feedback",
    Column("incident_id", WHOLE, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("user_id", BoundedText(64), primary_key=True),
    _when("given_at"),
)

silences = _table(
    "silences",
    _id(),
    _text("account", 64),
    _text("region", 64),
    _text("cluster", 255),
    _text("kind", 16),
    _text("name", 255),
    _text("container", 255),
    _when("starts_at"),
    _when("ends_at"),
    _text("created_by", 64),
    _text("reason", 1000),
    _text("ended_by", 64),
    Column("is_expired", Flag(), nullable=False),
    Index("ix_silences_ends_at", "ends_at", **_where("is_expired = 0")),
    keeps_ids=True,
)
