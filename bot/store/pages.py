"""Pages: what the tables say of the tasks and group keys that some tellings name, read and locked at once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from bot.domain.kills.death import Death
from bot.domain.subject.group_key import GroupKey
from bot.store import dismissals, group_keys, incident_rows, kills
from bot.store.dialects import take_turns
from bot.store.entries import Entry
from bot.store.folding import Known, newest_of_each
from bot.store.kills import Kill
from bot.store.ledger import Ledger, Telling
from bot.store.openings import Line, Openings, concern_of


def opened(conn: Connection, tellings: Sequence[Telling]) -> Ledger:
    """A ledger with all that these tellings may change.

    Locks are taken in one order: tasks, group keys, incidents; each sorted.
    """
    task_arns = {arn for telling in tellings for arn in (*telling.tasks, *telling.lookups.values())}
    take_turns(conn, *task_arns)
    told = kills.by_tasks(conn, task_arns)
    counted = [death for telling in tellings for death in _counted(telling)]
    keys = {death.group_key for death in counted} | {kill.death.group_key for kill in told}
    key_ids = group_keys.locked_ids(conn, keys)
    openings = _openings(conn, tellings, {_line(death, key_ids) for death in counted}, told)
    known: dict[str, dict[str, Known]] = {task_arn: {} for task_arn in task_arns}
    for kill in told:
        known[kill.death.task_arn][kill.death.container] = _known(kill, openings)
    for task_arn, container, news in dismissals.of_tasks(conn, task_arns):
        known[task_arn].setdefault(container, news)
    return Ledger(key_ids, known, openings)


def _counted(telling: Telling) -> list[Death]:
    return [
        death
        for deaths in telling.tasks.values()
        for death in newest_of_each(deaths)
        if telling.rules.counts(death)
    ]


def _openings(
    conn: Connection, tellings: Sequence[Telling], lines: set[Line], told: Sequence[Kill]
) -> Openings:
    """The incidents of these kills, and those that a death of these lines would join."""
    openings = Openings()
    openings.add(incident_rows.unfinished(conn, {line.group_key_id for line in lines}))
    openings.add(incident_rows.by_ids(conn, {kill.incident_id for kill in told} - openings.ids()))
    ended = {line.group_key_id for line in lines if openings.current(line) is None}
    if ended:
        since = min(telling.now - telling.rules.reopen_within for telling in tellings)
        openings.add(incident_rows.resolved(conn, ended, since))
    return openings


def _line(death: Death, key_ids: Mapping[GroupKey, int]) -> Line:
    return Line(key_ids[death.group_key], concern_of(death))


def _known(kill: Kill, openings: Openings) -> Known:
    entry = Entry(
        death=kill.death,
        incident=openings.get(kill.incident_id),
        recorded_at=kill.recorded_at,
        recovered=kill.recovered,
        kill_id=kill.id,
    )
    return Known.of(kill.death, entry)
