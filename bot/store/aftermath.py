"""Aftermaths: the kills of what a resize changed, since it began."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from bot.domain.plan.plan import Change
from bot.domain.resize.ending import old_arn
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.subject import Subject
from bot.store import incidents
from bot.store.group_keys import of_subject
from bot.store.kills import IS_KILL
from bot.store.resize_rows import readable, show
from bot.store.schema import circumstances, group_keys, kills, resizes

_TOO_SMALL = (
    ResizePhase.NOT_ENOUGH.value,
    ResizePhase.PROVEN.value,
)  # the latter as far as it was killed again
_WATCHED = (ResizePhase.DEPLOYING.value, ResizePhase.WATCHING.value)


def kills_since(conn: Connection, resize: Resize) -> int:
    """Kills since the new revision began to be deployed, of what the resize changes, on any other revision than the old.

    While both run side by side, the old one may still be killed; that says nothing about the new size.
    """
    since, change = resize.status.deploying_since, resize.spec.plan.change
    if since is None or change is None:
        return 0
    query = select(func.count()).select_from(kills).join(group_keys, kills.c.group_key_id == group_keys.c.id)
    query = query.join(circumstances, kills.c.circumstance_id == circumstances.c.id)
    arn = circumstances.c.task_definition_arn
    is_newer = (arn != old_arn(resize)) & (arn != "") & (kills.c.died_at >= since)
    of_it = of_subject(resize.spec.plan.target.subject) & _in_containers(change)
    return int(conn.execute(query.where(of_it, is_newer, IS_KILL)).scalar_one())


def killed_again(conn: Connection) -> list[int]:
    """Resizes being deployed or watched whose target was killed since they were last looked at."""
    watched = conn.execute(select(resizes).where(resizes.c.phase.in_(_WATCHED)).order_by(resizes.c.id)).all()
    looked_at = {row.id: row.looked_at for row in watched}
    found = []
    for resize in readable(watched):
        query = select(kills.c.id).join(group_keys, kills.c.group_key_id == group_keys.c.id)
        of_it = of_subject(resize.spec.plan.target.subject) & (
            kills.c.recorded_at > looked_at[resize.spec.id]
        )
        since = resize.status.deploying_since or resize.spec.requested_at
        if conn.execute(query.where(of_it, kills.c.died_at >= since, IS_KILL).limit(1)).first() is not None:
            found.append(resize.spec.id)
    return found


def hurry(conn: Connection, ids: list[int]) -> None:
    """Make these due, which `killed_again` named, as long as nobody has looked at them since."""
    mine = resizes.c.id.in_(ids) & (resizes.c.due_at > resizes.c.looked_at)
    conn.execute(update(resizes).where(mine).values(due_at=resizes.c.looked_at))


def tell_again(conn: Connection, incident_id: int, now: datetime) -> None:
    """Have resizes of their own shown again that were not enough for what the incident is of: it was looked into."""
    incident = incidents.get(conn, incident_id)
    if incident is None:
        return
    mine = (resizes.c.target == str(Subject.of(incident.group_key))) & resizes.c.phase.in_(_TOO_SMALL)
    for resize in readable(conn.execute(select(resizes).where(mine, resizes.c.incident_id.is_(None)))):
        if resize.status.phase is ResizePhase.NOT_ENOUGH or resize.status.was_killed_again:
            show(conn, resize.spec, now)


def _in_containers(change: Change) -> ColumnElement[bool]:
    """Where the task's size changes, whichever container reached it counts."""
    old, new = change.task_memory_mib
    if old != new:
        return group_keys.c.container.is_not(None)
    names = [one.name for one in change.containers if one.counted_mib[0] != one.counted_mib[1]]
    names = names or [one.name for one in change.containers[:1]]  # its settings alone
    return or_(group_keys.c.container.in_(names), group_keys.c.container == "")
