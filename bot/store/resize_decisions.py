"""Resize decisions: people approve, reject, cancel, roll back; of two at once one decides, and the other is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from bot.domain.resize.audit import Deed
from bot.domain.resize.decision import Decision, Outcome
from bot.domain.resize.ending import no_way_back
from bot.domain.resize.record import in_english, with_english
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.telling.language import ENGLISH, say, speaking
from bot.store import audit_trail, freezes, leases
from bot.store.dialects import take_turns
from bot.store.resize_rows import UNFINISHED, entry_of, read, show, values_of
from bot.store.resizes import unfinished
from bot.store.schema import resizes

_WAITING = frozenset({ResizePhase.AWAITING, ResizePhase.APPROVED})
_CHANGING = frozenset({ResizePhase.REGISTERING, ResizePhase.DEPLOYING, ResizePhase.WATCHING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What a person decides about which resize. `why` is a plain sentence, "" for none."""

    resize_id: int
    by: str
    at: datetime
    why: str = ""

    @property
    def who(self) -> str:
        """The person as Slack mentions them."""
        return f"<@{self.by}>"


def approve(conn: Connection, will: Will, plan_hash: str) -> Decision:
    """Agree to exactly the plan with this hash. One-shot; never one's own; not after it expired or while frozen."""

    def decided(resize: Resize, row: Row[tuple[object, ...]]) -> Outcome | Status:
        status, spec = resize.status, resize.spec
        if status.phase is not ResizePhase.AWAITING:
            same = status.approved_by == will.by and status.phase is ResizePhase.APPROVED
            return Outcome.REPLAYED if same else Outcome.TOO_LATE
        if will.by == spec.requested_by:
            return Outcome.OWN
        if plan_hash != row.plan_hash:
            return Outcome.STALE
        if will.at >= spec.expires_at:
            return Outcome.EXPIRED
        if freezes.covering(conn, spec.plan.target.subject, will.at) is not None:
            return Outcome.FROZEN
        words = say("Approved by {who}.", who=will.who)
        return replace(
            status, phase=ResizePhase.APPROVED, approved_by=will.by, approved_at=will.at, words=words
        )

    return _decide(conn, will, Deed.APPROVED, decided)


def reject(conn: Connection, will: Will) -> Decision:
    """Refuse to agree: it ends, and nothing was changed."""

    def decided(resize: Resize, _row: Row[tuple[object, ...]]) -> Outcome | Status:
        if resize.status.phase is not ResizePhase.AWAITING:
            return Outcome.TOO_LATE
        words = say("Declined by {who}.", who=will.who)
        if will.why:
            words = say("Declined by {who}: {why}", who=will.who, why=will.why)
        return replace(resize.status, phase=ResizePhase.CANCELLED, words=words, ended_at=will.at)

    return _decide(conn, will, Deed.REJECTED, decided)


def cancel(conn: Connection, will: Will) -> Decision:
    """Take it back before anything was begun; what has begun is rolled back instead (TOO_LATE)."""

    def decided(resize: Resize, _row: Row[tuple[object, ...]]) -> Outcome | Status:
        if resize.status.phase is ResizePhase.CANCELLED:
            return Outcome.REPLAYED
        if resize.status.phase not in _WAITING:
            return Outcome.TOO_LATE
        words = say("Cancelled by {who}; nothing was changed.", who=will.who)
        return replace(resize.status, phase=ResizePhase.CANCELLED, words=words, ended_at=will.at)

    return _decide(conn, will, Deed.CANCELLED, decided)


def ask_rollback(conn: Connection, will: Will) -> Decision:
    """Have it undone, in any phase after it began, finished ones too; a freeze does not stand against it.

    TAKEN while another resize of the target is unfinished, STALE where a later one has changed the target since.
    """

    def decided(resize: Resize, _row: Row[tuple[object, ...]]) -> Outcome | Status:
        status = resize.status
        if status.phase in (ResizePhase.ROLLING_BACK, ResizePhase.ROLLED_BACK):
            return Outcome.REPLAYED
        if status.phase in _WAITING:
            return Outcome.TOO_EARLY
        if not status.phase.has_changed_aws:
            return Outcome.TOO_LATE
        if no_way_back(resize):
            return Outcome.IMPOSSIBLE
        if status.phase not in _CHANGING and (other := _later(conn, resize)) is not None:
            return other
        return _turned(status, will)

    decision = _decide(conn, will, Deed.ROLLBACK_ASKED, decided)
    if decision.outcome is Outcome.TAKEN and decision.resize is not None:
        return replace(decision, resize=unfinished(conn, decision.resize.spec.plan.target.subject))
    return decision


_Decided = Callable[[Resize, Row[tuple[object, ...]]], Outcome | Status]


def _decide(conn: Connection, will: Will, deed: Deed, decided: _Decided) -> Decision:
    """Read the row under a lock, decide, and save; whoever has leased it can no longer save what they saw."""
    row = conn.execute(select(resizes).where(resizes.c.id == will.resize_id).with_for_update()).first()
    if row is None:
        return Decision(Outcome.GONE)
    resize = read(row)
    what = decided(resize, row)
    if isinstance(what, Outcome):
        return Decision(what, resize)
    with speaking(ENGLISH):
        english = decided(in_english(resize), row)
    if isinstance(english, Status):
        what = with_english(what, english)
    new = replace(resize, status=what)
    is_open = not what.phase.is_final
    work = {"fence": resizes.c.fence + 1, "is_open": is_open, "due_at": will.at, "attempts": 0, "error": ""}
    values = values_of(what, will.at) | work | leases.UNLEASED
    conn.execute(update(resizes).where(resizes.c.id == will.resize_id).values(values))
    audit_trail.add(conn, [entry_of(new.spec, what, deed, will.by, will.at)])
    show(conn, new.spec, will.at)
    return Decision(Outcome.DONE, new)


def _turned(status: Status, will: Will) -> Status:
    words = say("Rolling back, asked by {who}.", who=will.who)
    if will.why:
        words = say("Rolling back, asked by {who}: {why}", who=will.who, why=will.why)
    return replace(
        status,
        phase=ResizePhase.ROLLING_BACK,
        words=words,
        rollback_by=will.by,
        rollback_why=will.why,
        progressed_at=will.at,
        ended_at=None,
        is_stuck=False,
    )


def _later(conn: Connection, resize: Resize) -> Outcome | None:
    """What stands against undoing a finished one."""
    subject = str(resize.spec.plan.target.subject)
    take_turns(conn, subject)  # a request for it may just be written
    mine = resizes.c.target == subject
    others = select(resizes).where(mine, resizes.c.id != resize.spec.id)
    if conn.execute(others.where(UNFINISHED)).first() is not None:
        return Outcome.TAKEN
    later = others.where(resizes.c.id > resize.spec.id).order_by(resizes.c.id)
    changed = [row for row in conn.execute(later) if ResizePhase(row.phase).has_changed_aws]
    return Outcome.STALE if changed else None
