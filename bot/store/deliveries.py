"""Deliveries: each recorded once, in one transaction with all that it tells; those that come together, together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable

from bot.domain.kills.death import Assessment, Death
from bot.store import booking, drills, group_keys, pages, warnings
from bot.store.circumstances import TEXTS, kept_arn
from bot.store.column_types import LARGEST, bounded, limit_of, whole_milliseconds
from bot.store.database import Database
from bot.store.dialects import digest, insert_of
from bot.store.ledger import Entered, Rules, Telling
from bot.store.prepared import Among, Slots
from bot.store.schema import circumstances as shared
from bot.store.schema import deliveries

_LONGEST = {name: limit_of(shared.c[name]) for name in ("container", *TEXTS)}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One arrival of an envelope; topic and message id name the message, which may arrive again.

    `recovered`: nothing arrived, the sweep found it.
    """

    topic_arn: str
    message_id: str
    published_at: datetime
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a delivery changed: the incidents it touched, and how many deaths are counted that were not before."""

    duplicate: bool
    incident_ids: tuple[int, ...] = ()
    new_kills: int = 0

    @property
    def result(self) -> str:
        """As counters and log lines call it."""
        return "duplicate" if self.duplicate else "recorded"


Arrival = tuple[Delivery, Telling]


async def record(
    db: Database, delivery: Delivery, assessment: Assessment, now: datetime, rules: Rules
) -> Recorded:
    """Enter what a delivery tells, unless it came before; durable once this returns. Raise StoreUnavailable.

    A later stage of a stop may upgrade a kill, fill in what was unknown, or take it back; the order in which the
    stages arrive makes no difference.
    """
    return await db.write_together(record_all, (delivery, telling(delivery, assessment, now, rules)))


def telling(delivery: Delivery, assessment: Assessment, now: datetime, rules: Rules) -> Telling:
    """What the delivery tells, as the tables keep it, so that it equals what is read back."""
    by_task: dict[str, list[Death]] = defaultdict(list)
    for death in map(_kept, assessment.deaths):
        by_task[death.task_arn].append(death)
    return Telling(
        tasks=dict(sorted(by_task.items(), key=_place)),
        lookups={arn: kept_arn(arn) for arn in assessment.lookup_task_arns},
        published_at=delivery.published_at,
        now=whole_milliseconds(now),
        rules=rules,
        recovered=delivery.recovered,
        alarms=[
            replace(
                one, changed_at=whole_milliseconds(one.changed_at), group_key=group_keys.kept(one.group_key)
            )
            for one in assessment.alarms
        ],
        passage=assessment.passage,
    )


def record_all(conn: Connection, arrived: Sequence[Arrival]) -> list[Recorded]:
    """Enter what these deliveries tell, as if one came after the other, in few statements for all of them.

    Locks are taken in one order: deliveries, tasks, group keys, incidents, kills, warnings; each sorted.
    """
    firsts = _firsts(conn, arrived)
    ledger = pages.opened(conn, [told for _, told in firsts.values()])
    entered = {position: ledger.enter(told) for position, (_, told) in firsts.items()}
    booking.book(conn, ledger)
    if alarms := [alarm for _, told in firsts.values() for alarm in told.alarms]:
        warnings.note_all(conn, alarms, max(told.now for _, told in arrived))
    for delivery, told in firsts.values():
        if told.passage is not None:
            drills.arrive(conn, told.passage, delivery.published_at, told.now)
    return [_recorded(entered.get(position)) for position in range(len(arrived))]


def _recorded(entered: Entered | None) -> Recorded:
    if entered is None:
        return Recorded(duplicate=True)
    ids = {opening.id for opening in entered.incidents if opening.id}
    return Recorded(duplicate=False, incident_ids=tuple(sorted(ids)), new_kills=entered.new_kills)


def _firsts(conn: Connection, arrived: Sequence[Arrival]) -> dict[int, Arrival]:
    """Those of the deliveries whose message did not come before, by their position."""
    positions: dict[bytes, int] = {}
    for position, (delivery, _) in enumerate(arrived):
        positions.setdefault(digest(delivery.topic_arn, delivery.message_id), position)
    rows = [
        (named, arrived[position][0].published_at, arrived[position][1].now)
        for named, position in sorted(positions.items())
    ]
    new = _NOTE_ONCE.rows(conn, rows)
    return {position: arrived[position] for position in sorted(positions[bytes(named)] for (named,) in new)}


def _note_once(dialect: str, slots: Slots) -> Executable:
    """It gives the rows that it made."""
    rows = [dict(zip(_NOTED, slot, strict=True)) for slot in slots]
    return insert_of(dialect, deliveries).values(rows).on_conflict_do_nothing().returning(deliveries.c.digest)


_NOTED = (deliveries.c.digest, deliveries.c.published_at, deliveries.c.received_at)
_NOTE_ONCE = Among(_note_once, *(column.type for column in _NOTED))


def _place(task: tuple[str, list[Death]]) -> tuple[str, str]:
    task_arn, deaths = task
    return str(deaths[0].group_key), task_arn


def _kept(death: Death) -> Death:
    """The death as the tables keep it, so that it equals what is read back. Most are so already."""
    kept: dict[str, Any] = {
        **{name: bounded(getattr(death, name), longest) for name, longest in _LONGEST.items()},
        "group_key": group_keys.kept(death.group_key),
        "task_arn": kept_arn(death.task_arn),
        "died_at": whole_milliseconds(death.died_at),
        "started_at": death.started_at and whole_milliseconds(death.started_at),
        "task_version": min(max(0, death.task_version), LARGEST),
    }
    changes = {name: value for name, value in kept.items() if value != getattr(death, name)}
    return replace(death, **changes) if changes else death
