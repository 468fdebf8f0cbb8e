"""Initial: kills, incidents, notices, silences and the work that waits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _names()
    _incidents()
    _kills()
    _notices()
    _silences()
    _waiting_work()


def _table(name: str, *parts: Any, keeps_ids: bool = False) -> None:
    op.create_table(name, *parts, sqlite_strict=True, sqlite_autoincrement=keeps_ids)


def _index(name: str, table: str, *columns: str, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _key(table: str) -> list[Any]:
    return [sa.Column("id", WHOLE, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]


def _texts(*names: str) -> list[Any]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[Any]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _maybe(*names: str) -> list[Any]:
    return [sa.Column(name, WHOLE, nullable=True) for name in names]


def _digest() -> Any:
    return sa.Column("digest", sa.LargeBinary(), nullable=False)


def _refers(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _unique(name: str, *columns: str) -> Any:
    return sa.UniqueConstraint(*columns, name=name)


def _work() -> list[Any]:
    numbers = _numbers("attempts", "fence", "due_at")
    return [*numbers, *_maybe("leased_until"), *_texts("lease_owner", "error")]


def _names() -> None:
    names = ("account", "region", "cluster", "kind", "name", "container")
    _table("group_keys", *_key("group_keys"), *_texts(*names), _unique("uq_group_keys", *names))
    _table(
        "circumstances",
        *_key("circumstances"),
        _digest(),
        *_texts("task_arn_stem", "container", "reason", "task_definition_arn", "launch_type", "image"),
        *_texts("image_digest", "started_by", "container_instance_arn", "availability_zone"),
        *_maybe("container_mib", "reservation_mib", "task_mib"),
        _unique("uq_circumstances_digest", "digest"),
    )


def _incidents() -> None:
    _table(
        "incidents",
        *_key("incidents"),
        *_numbers("group_key_id"),
        *_texts("concern"),
        *_numbers("verdict"),
        *_texts("phase"),
        *_numbers("generation", "kill_count", "first_kill_at", "last_kill_at", "opened_at"),
        *_texts("acknowledged_by"),
        *_maybe("acknowledged_at"),
        *_texts("resolved_by"),
        *_maybe("resolved_at"),
        sa.Column("resolution", sa.Text(), nullable=True),
        *_numbers("reopened_count"),
        *_maybe("reopened_at"),
        _refers("incidents", "group_key_id", "group_keys"),
        keeps_ids=True,
    )
    line, unfinished = ("group_key_id", "concern"), "phase <> 'resolved'"
    _index("uq_incidents_unfinished", "incidents", *line, where=unfinished, unique=True)
    _index("ix_incidents_unfinished_last_kill_at", "incidents", "last_kill_at", where=unfinished)
    _index("ix_incidents_group_key_id_concern_resolved_at", "incidents", *line, "resolved_at")
    _index("ix_incidents_resolved_at", "incidents", "resolved_at")
    _table(
        "feedback",
        *_numbers("incident_id"),
        *_texts("user_id"),
        *_numbers("given_at"),
        sa.PrimaryKeyConstraint("incident_id", "user_id", name="pk_feedback"),
        _refers("feedback", "incident_id", "incidents"),
    )


def _kills() -> None:
    _table(
        "kills",
        *_key("kills"),
        *_numbers("group_key_id", "incident_id", "circumstance_id"),
        *_texts("task_id"),
        *_numbers("death_digest", "verdict"),
        *_texts("confidence"),
        *_numbers("died_at"),
        *_maybe("started_at", "exit_code"),
        *_numbers("task_version", "task_stopped", "recorded_at"),
        _unique("uq_kills_death", "task_id", "death_digest"),
        _refers("kills", "group_key_id", "group_keys"),
        _refers("kills", "incident_id", "incidents"),
        _refers("kills", "circumstance_id", "circumstances"),
    )
    _index("ix_kills_group_key_id_died_at", "kills", "group_key_id", "died_at", "verdict", "started_at")
    _index("ix_kills_died_at_group_key_id", "kills", "died_at", "group_key_id", "verdict")
    _index("ix_kills_incident_id_died_at", "kills", "incident_id", "died_at", "verdict")
    _index("ix_kills_circumstance_id", "kills", "circumstance_id")
    _table(
        "dismissals",
        *_key("dismissals"),
        *_texts("task_id"),
        *_numbers("death_digest"),
        *_texts("container"),
        *_numbers("verdict", "task_version", "task_stopped", "recorded_at"),
        _unique("uq_dismissals_death", "task_id", "death_digest"),
    )
    _index("ix_dismissals_recorded_at", "dismissals", "recorded_at")


def _notices() -> None:
    _table(
        "operator_alerts",
        *_key("operator_alerts"),
        *_texts("key", "summary", "detail"),
        *_numbers("first_at", "last_at", "occurrences", "generation", "is_current"),
        keeps_ids=True,
    )
    _index("uq_operator_alerts_current", "operator_alerts", "key", where="is_current = 1", unique=True)
    _index("ix_operator_alerts_last_at", "operator_alerts", "last_at")
    _table(
        "notices",
        *_key("notices"),
        *_maybe("incident_id", "operator_alert_id"),
        *_texts("channel", "ts"),
        *_numbers("generation", "observed_generation"),
        *_work(),
        *_numbers("is_deferred"),
        *_maybe("posting_since"),
        *_texts("shown"),
        _refers("notices", "incident_id", "incidents"),
        _refers("notices", "operator_alert_id", "operator_alerts"),
        _unique("uq_notices_incident_id", "incident_id"),
        _unique("uq_notices_operator_alert_id", "operator_alert_id"),
        keeps_ids=True,
    )
    _index("ix_notices_due", "notices", "due_at", where="observed_generation < generation")
    _index("ix_notices_channel_ts", "notices", "channel", "ts", where="ts <> ''")
    _index("ix_notices_error", "notices", "id", where="error <> ''")
    _table(
        "replies",
        *_numbers("notice_id"),
        *_texts("key", "ts"),
        *_numbers("intended_at"),
        sa.PrimaryKeyConstraint("notice_id", "key", name="pk_replies"),
        _refers("replies", "notice_id", "notices"),
    )


def _silences() -> None:
    _table(
        "silences",
        *_key("silences"),
        *_texts("account", "region", "cluster", "kind", "name", "container"),
        *_numbers("starts_at", "ends_at"),
        *_texts("created_by", "reason", "ended_by"),
        *_numbers("is_expired"),
        keeps_ids=True,
    )
    _index("ix_silences_ends_at", "silences", "ends_at", where="is_expired = 0")


def _waiting_work() -> None:
    _table(
        "deliveries",
        _digest(),
        *_numbers("published_at", "received_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_deliveries"),
    )
    _index("ix_deliveries_received_at", "deliveries", "received_at")
    lookup = [*_texts("task_arn"), *_numbers("published_at"), *_work()]
    _table("lookups", *_key("lookups"), *lookup, _unique("uq_lookups_task_arn", "task_arn"), keeps_ids=True)
    _index("ix_lookups_due_at", "lookups", "due_at")
    _table(
        "confirmations",
        *_key("confirmations"),
        _digest(),
        *_texts("topic_arn", "token", "subscription_arn"),
        *_numbers("added_at"),
        *_maybe("confirmed_at"),
        *_work(),
        _unique("uq_confirmations_digest", "digest"),
    )
    _index("ix_confirmations_due_at", "confirmations", "due_at", where="token <> ''")
    _table(
        "shares",
        *_key("shares"),
        _digest(),
        *_texts("user_id", "channel", "response_url", "words"),
        *_numbers("added_at"),
        *_maybe("posting_since"),
        *_work(),
        _unique("uq_shares_digest", "digest"),
    )
    _index("ix_shares_due_at", "shares", "due_at", where="response_url <> ''")
    _index("ix_shares_added_at", "shares", "added_at")
