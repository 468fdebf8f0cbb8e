"""Warnings: each time that an alarm on memory goes off is one, until the alarm is OK again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.memory_warning import MemoryWarning
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.store import notices
from bot.store.column_types import kept
from bot.store.dialects import insert
from bot.store.warning_tables import warnings


def note_all(conn: Connection, states: Iterable[AlarmState], now: datetime) -> None:
    """Enter changes of alarms, in whatever order they come; a change that is known already is no news."""
    for state in sorted(states, key=lambda one: (one.alarm, one.changed_at)):
        _note(conn, state, now)


def get(conn: Connection, warning_id: int) -> MemoryWarning | None:
    """The warning, None where there is none (any more)."""
    row = conn.execute(select(warnings).where(warnings.c.id == warning_id)).first()
    if row is None:
        return None
    key = GroupKey(row.account, row.region, row.cluster, OwnerKind(row.kind), row.owner, row.container)
    return MemoryWarning(
        id=row.id,
        alarm=row.name,
        group_key=key,
        metric=row.metric,
        reason=row.reason,
        began_at=row.began_at,
        ended_at=None if row.is_on else row.changed_at,
    )


def _note(conn: Connection, state: AlarmState, now: datetime) -> None:
    mine = warnings.c.alarm == kept(warnings.c.alarm, state.alarm)
    newest = select(warnings).where(mine).order_by(warnings.c.changed_at.desc(), warnings.c.id.desc())
    last = conn.execute(newest.limit(1).with_for_update()).first()
    if last is not None and last.changed_at >= state.changed_at:
        return
    if state.is_on:
        if last is None or not last.is_on:
            _begin(conn, state, now)
    elif last is None:
        conn.execute(insert(conn, warnings).values(_values(state)))  # an older ALARM may still be on its way
    else:
        _end(conn, state, last, now)


def _begin(conn: Connection, state: AlarmState, now: datetime) -> None:
    statement = insert(conn, warnings).values(_values(state)).on_conflict_do_nothing()
    warning_id = conn.execute(statement.returning(warnings.c.id)).scalar()
    if warning_id is not None:  # else another process has just noted the same
        notices.open_or_bump(conn, now, urgent=True, warning_id=int(warning_id))


def _end(conn: Connection, state: AlarmState, last: Row[Any], now: datetime) -> None:
    this = update(warnings).where(warnings.c.id == last.id)
    conn.execute(this.values(is_on=False, changed_at=state.changed_at))
    if last.is_on:
        notices.open_or_bump(conn, now, urgent=True, warning_id=int(last.id))


def _values(state: AlarmState) -> dict[str, Any]:
    key = state.group_key
    return {
        "alarm": state.alarm,
        "name": state.name,
        "account": key.account,
        "region": key.region,
        "cluster": key.cluster,
        "kind": key.kind.value,
        "owner": key.name,
        "container": key.container,
        "is_on": state.is_on,
        "metric": state.metric,
        "reason": state.reason,
        "began_at": state.changed_at,
        "changed_at": state.changed_at,
    }
