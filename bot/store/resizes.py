"""Resizes: asked for once, leased by one reconciler at a time, and saved before every step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from bot.domain.resize.audit import Deed, Entry, without_secrets
from bot.domain.resize.decision import Decision, Outcome
from bot.domain.resize.record import recorded
from bot.domain.resize.resize import Resize, ResizePhase, Spec, Status
from bot.domain.resize.step import Finish, Wait
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses
from bot.store import audit_trail, freezes, leases
from bot.store.dialects import insert, take_turns
from bot.store.resize_rows import (
    IS_OPEN,
    UNFINISHED,
    encoded,
    entry,
    is_news,
    read,
    readable,
    show,
    told,
    values_of,
)
from bot.store.schema import resizes

_OF_INCIDENT = (
    select(resizes)
    .where(resizes.c.incident_id == bindparam("incident_id"))
    .order_by(resizes.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One that is leased, as it was saved last."""

    id: int
    fence: int
    attempts: int
    resize: Resize


def request(conn: Connection, wanted: Spec, submission: str, now: datetime) -> Decision:
    """Write down what a person confirmed; `wanted.id` is given here (0 until then), `requested_at` must be `now`.

    `submission` names the form (a Slack view's id), so that its second arrival is REPLAYED. TAKEN by the target's
    unfinished resize, FROZEN, IMPOSSIBLE for a plan with refusals: each is written into the audit trail.
    Who may do this is for the caller to know (`bot.domain.resize.authority`).
    """
    take_turns(conn, str(wanted.plan.target.subject))  # somebody may just be having an older one undone
    if (before := _of_submission(conn, submission)) is not None:
        return Decision(Outcome.REPLAYED, before)
    if not wanted.plan.can_be_done:
        refusals = wanted.plan.refusals  # as they were shown
        _refused(conn, wanted, lambda: clauses(refusals) or say("There is nothing to change."), now)
        return Decision(Outcome.IMPOSSIBLE)
    if (freeze := freezes.covering(conn, wanted.plan.target.subject, now)) is not None:
        _refused(conn, wanted, lambda: freeze.words, now)
        return Decision(Outcome.FROZEN, freeze=freeze)
    row = _inserted(conn, wanted, submission, now)
    if row is None:
        return _in_the_way(conn, wanted, submission, now)
    resize = read(row)
    asked = entry(resize.spec, Deed.REQUESTED, wanted.requested_by, wanted.reason, now)
    audit_trail.add(conn, [replace(asked, detail=encoded(without_secrets(wanted.plan)))])
    show(conn, resize.spec, now)
    return Decision(Outcome.DONE, resize)


def get(conn: Connection, resize_id: int) -> Resize | None:
    """The resize; None where there is none (any more)."""
    rows = conn.execute(select(resizes).where(resizes.c.id == resize_id)).all()
    return next(iter(readable(rows)), None)


def of_incident(conn: Connection, incident_id: int) -> Resize | None:
    """The incident's newest resize."""
    return next(iter(readable(conn.execute(_OF_INCIDENT, {"incident_id": incident_id}))), None)


def of_target(conn: Connection, subject: Subject, *, limit: int = 20) -> list[Resize]:
    """The target's resizes, the newest first."""
    mine = resizes.c.target == str(subject)
    return readable(conn.execute(select(resizes).where(mine).order_by(resizes.c.id.desc()).limit(limit)))


def unfinished(conn: Connection, subject: Subject) -> Resize | None:
    """The target's one unfinished resize."""
    query = select(resizes).where(resizes.c.target == str(subject), UNFINISHED)
    return next(iter(readable(conn.execute(query))), None)


def all_unfinished(conn: Connection, *, limit: int) -> list[Resize]:
    """What is waited for, done or watched, whatever its target, the newest first."""
    query = select(resizes).where(UNFINISHED).order_by(resizes.c.id.desc()).limit(limit)
    return readable(conn.execute(query))


def ended_since(conn: Connection, moment: datetime) -> list[Resize]:
    """What was over at that moment or later, however it ended."""
    return readable(conn.execute(select(resizes).where(resizes.c.ended_at >= moment)))


def recent(conn: Connection, *, limit: int = 20) -> list[Resize]:
    """The newest resizes, the newest first."""
    return readable(conn.execute(select(resizes).order_by(resizes.c.id.desc()).limit(limit)))


def lease(conn: Connection, claim: leases.Claim) -> list[Held]:
    """Lend the claim's owner resizes that are due to be looked at."""
    held = []
    for row in leases.lease(conn, resizes, IS_OPEN, claim):
        held += [
            Held(id=row.id, fence=row.fence, attempts=row.attempts, resize=one) for one in readable([row])
        ]
    return held


def advance(
    conn: Connection, held: Held, status: Status, now: datetime, entries: Iterable[Entry] = ()
) -> Held | None:
    """Save the status before a step, or what it answered; the lease goes on. None, nothing saved, where it was lost.

    A step that writes to AWS may only be performed after this returned, and before the lease ends.
    """
    if not _save(conn, held, status, now, {}):
        return None
    audit_trail.add(conn, entries)
    return replace(held, resize=replace(held.resize, status=status))


def settle(
    conn: Connection, held: Held, step: Wait | Finish, now: datetime, entries: Iterable[Entry] = ()
) -> bool:
    """Save the step's status and give the lease back until the step's time. False, nothing saved, where it was lost."""
    look_at = step.until if isinstance(step, Wait) else step.look_again_at
    working = {"is_open": look_at is not None, "due_at": look_at or now, "attempts": 0, "error": ""}
    if not _save(conn, held, step.status, now, working | leases.UNLEASED):
        return False
    audit_trail.add(conn, entries)
    return True


def retry(conn: Connection, held: Held, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at` (throttled, AWS does not answer); the status stays. False where it was lost."""
    return leases.settle(conn, resizes, held, leases.again(resizes, due_at, error))


def let_go(conn: Connection, incident_ids: Sequence[int]) -> None:
    """These incidents are being removed: their resizes go on without them."""
    if incident_ids:
        mine = resizes.c.incident_id.in_(incident_ids)
        conn.execute(update(resizes).where(mine).values(incident_id=None))


def next_due(conn: Connection) -> datetime | None:
    """When the first of those that are open is due; None for none."""
    due_at = conn.execute(select(func.min(resizes.c.due_at)).where(IS_OPEN)).scalar()
    return due_at if isinstance(due_at, datetime) else None


def _save(conn: Connection, held: Held, status: Status, now: datetime, working: dict[str, Any]) -> bool:
    before = held.resize.status
    if not leases.settle(conn, resizes, held, values_of(status, now) | working):
        return False
    resize = replace(held.resize, status=status)
    told(conn, resize, before, now)
    if is_news(status, before):
        show(conn, resize.spec, now)
    if status.phase is ResizePhase.DEPLOYING is not before.phase:
        _replace_older(conn, resize)
    return True


def _replace_older(conn: Connection, resize: Resize) -> None:
    """What this one replaces is no longer watched for regressions."""
    older = (resizes.c.target == str(resize.spec.plan.target.subject)) & (resizes.c.id < resize.spec.id)
    conn.execute(update(resizes).where(older, ~UNFINISHED, IS_OPEN).values(is_open=False))


def _inserted(conn: Connection, wanted: Spec, submission: str, now: datetime) -> Row[Any] | None:
    awaits = bool(wanted.needs_approval)
    status = Status(phase=ResizePhase.AWAITING if awaits else ResizePhase.APPROVED)
    values = {
        "incident_id": wanted.incident_id,
        "target": str(wanted.plan.target.subject),
        "submission": submission,
        "plan_hash": wanted.plan.hash,
        "is_open": True,
        "requested_at": now,
        "spec": encoded(wanted),
        **values_of(status, now),
        **leases.fresh(now),
    }
    return conn.execute(
        insert(conn, resizes).values(values).on_conflict_do_nothing().returning(*resizes.c)
    ).first()


def _in_the_way(conn: Connection, wanted: Spec, submission: str, now: datetime) -> Decision:
    if (before := _of_submission(conn, submission)) is not None:
        return Decision(Outcome.REPLAYED, before)
    _refused(conn, wanted, lambda: say("Another resize of it is unfinished."), now)
    return Decision(Outcome.TAKEN, unfinished(conn, wanted.plan.target.subject))


def _of_submission(conn: Connection, submission: str) -> Resize | None:
    if not submission:
        return None
    rows = conn.execute(select(resizes).where(resizes.c.submission == submission, resizes.c.submission != ""))
    return next(iter(readable(rows)), None)


def _refused(conn: Connection, wanted: Spec, tell: Callable[[], str], now: datetime) -> None:
    refusal = recorded(lambda: entry(wanted, Deed.REFUSED, wanted.requested_by, tell(), now))
    audit_trail.add(conn, [replace(refusal, resize_id=None, detail=encoded(without_secrets(wanted.plan)))])
