"""Prune: remove what is too old, a batch at a time, so that no transaction is long."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, delete, exists, or_, select

from bot.store import circumstances, investigations, resizes
from bot.store.autopsies import LATEST
from bot.store.home_tables import direct_messages, homes
from bot.store.homes import idle_since
from bot.store.incidents import UNFINISHED
from bot.store.investigation_tables import autopsies
from bot.store.schema import (
    NO,
    budgets,
    deliveries,
    dismissals,
    feedback,
    group_keys,
    incidents,
    kills,
    notices,
    operator_alerts,
    pulses,
    replies,
    reports,
    shares,
    silences,
    storms,
    warnings,
)
from bot.store.schema import resizes as resize_rows

_RESTED = timedelta(hours=1)  # a budget without a row is rested, too


def prune(
    conn: Connection, *, kills_before: datetime, deliveries_before: datetime, now: datetime, batch: int = 1000
) -> int:
    """Remove up to `batch` rows of each kind; how many that were. Repeat until 0.

    Kills of an unfinished incident stay, however old, while it has no younger one: what goes on for ever must not
    keep all of them. A resolved incident goes, with its notice, once its last kill is gone and its end is as old. Names and circumstances go with the last row that refers to them. What
    somebody wished to be told is kept, however long ago.
    """
    return (
        _kills(conn, kills_before, batch)
        + _incidents(conn, kills_before, batch)
        + _operator_alerts(conn, kills_before, batch)
        + _storms(conn, kills_before, batch)
        + _warnings(conn, kills_before, batch)
        + _resizes(conn, kills_before, batch)
        + _reports(conn, kills_before, batch)
        + _rows(conn, silences, silences.c.ends_at < min(kills_before, now), batch)
        + _rows(conn, deliveries, deliveries.c.received_at < deliveries_before, batch)
        + _rows(conn, dismissals, dismissals.c.recorded_at < deliveries_before, batch)
        + _rows(conn, pulses, pulses.c.heard_at < kills_before, batch)
        + _rows(conn, shares, shares.c.added_at < deliveries_before, batch)
        + _rows(conn, homes, idle_since(kills_before), batch)
        + _rows(conn, direct_messages, direct_messages.c.added_at < kills_before, batch)
        + _rows(conn, autopsies, autopsies.c.recorded_at < now - LATEST, batch)
        + _rows(conn, budgets, budgets.c.rested_at < now - _RESTED, batch)
    )


def _kills(conn: Connection, before: datetime, batch: int) -> int:
    is_last = UNFINISHED & (incidents.c.last_kill_at < before)
    is_watched = kills.c.incident_id.in_(select(incidents.c.id).where(is_last))
    old = select(kills.c.id, kills.c.circumstance_id).where(kills.c.died_at < before, ~is_watched)
    rows = _locked(conn, old.order_by(kills.c.died_at), batch)
    removed = _delete(conn, kills.c.id, [row.id for row in rows])
    circumstances.forget_unused(conn, {row.circumstance_id for row in rows})
    return removed


def _incidents(conn: Connection, before: datetime, batch: int) -> int:
    has_kills = exists().where(kills.c.incident_id == incidents.c.id)
    old = select(incidents.c.id, incidents.c.group_key_id).where(incidents.c.resolved_at < before, ~has_kills)
    rows = _locked(conn, old.order_by(incidents.c.resolved_at), batch)
    ids = [row.id for row in rows]
    _notices(conn, notices.c.incident_id.in_(ids))
    _delete(conn, feedback.c.incident_id, ids)
    investigations.forget(conn, ids)
    resizes.let_go(conn, ids)
    removed = _delete(conn, incidents.c.id, ids)
    _forget_unused_keys(conn, {row.group_key_id for row in rows})
    return removed


def _operator_alerts(conn: Connection, before: datetime, batch: int) -> int:
    old = select(operator_alerts.c.id).where(operator_alerts.c.last_at < before)
    ids = [row.id for row in _locked(conn, old, batch)]
    _notices(conn, notices.c.operator_alert_id.in_(ids))
    return _delete(conn, operator_alerts.c.id, ids)


def _warnings(conn: Connection, before: datetime, batch: int) -> int:
    old = select(warnings.c.id).where(warnings.c.changed_at < before)
    ids = [row.id for row in _locked(conn, old, batch)]
    _notices(conn, notices.c.warning_id.in_(ids))
    return _delete(conn, warnings.c.id, ids)


def _storms(conn: Connection, before: datetime, batch: int) -> int:
    ids = [row.id for row in _locked(conn, select(storms.c.id).where(storms.c.ended_at < before), batch)]
    _notices(conn, notices.c.storm_id.in_(ids))
    return _delete(conn, storms.c.id, ids)


def _resizes(conn: Connection, before: datetime, batch: int) -> int:
    old = select(resize_rows.c.id).where(resize_rows.c.ended_at < before, resize_rows.c.is_open == NO)
    ids = [row.id for row in _locked(conn, old, batch)]
    _notices(conn, notices.c.resize_id.in_(ids))
    return _delete(conn, resize_rows.c.id, ids)


def _reports(conn: Connection, before: datetime, batch: int) -> int:
    ids = [row.id for row in _locked(conn, select(reports.c.id).where(reports.c.made_at < before), batch)]
    _notices(conn, notices.c.report_id.in_(ids))
    return _delete(conn, reports.c.id, ids)


def _notices(conn: Connection, condition: ColumnElement[bool]) -> None:
    ids = [row.id for row in conn.execute(select(notices.c.id).where(condition))]
    _delete(conn, replies.c.notice_id, ids)
    _delete(conn, notices.c.id, ids)


def _forget_unused_keys(conn: Connection, ids: Iterable[int]) -> None:
    is_used = or_(
        exists().where(kills.c.group_key_id == group_keys.c.id),
        exists().where(incidents.c.group_key_id == group_keys.c.id),
    )
    # Locked first and looked at then: whoever holds one is about to refer to it.
    wanted = select(group_keys.c.id).where(group_keys.c.id.in_(ids), ~is_used)
    free = [row.id for row in conn.execute(wanted.with_for_update(skip_locked=True))]
    conn.execute(delete(group_keys).where(group_keys.c.id.in_(free), ~is_used))


def _rows(conn: Connection, table: Table, old: ColumnElement[bool], batch: int) -> int:
    (key,) = table.primary_key.columns
    return _delete(conn, key, [row[0] for row in _locked(conn, select(key).where(old), batch)])


def _locked(conn: Connection, query: Select[Any], batch: int) -> Sequence[Row[Any]]:
    """Rows to remove; those that another replica holds are left for the next time."""
    return conn.execute(query.limit(batch).with_for_update(skip_locked=True)).all()


def _delete(conn: Connection, key: Column[Any], ids: Sequence[Any]) -> int:
    return conn.execute(delete(key.table).where(key.in_(ids))).rowcount if ids else 0
