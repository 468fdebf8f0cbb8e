"""Resizes: look at each that is due, decide its next step, save that, do it, save what came of it."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.aws.calls import AwsTrouble, Calls, Forbidden
from bot.aws.evidence.insights import Insights
from bot.aws.resizing.observing import observe
from bot.aws.resizing.peaks import Peaks
from bot.domain.calendar import backoff
from bot.domain.policy import hold
from bot.domain.policy.freeze import Freeze
from bot.domain.policy.policy import Policy
from bot.domain.resize.audit import Entry
from bot.domain.resize.next_step import needs_observation, next_step
from bot.domain.resize.observation import Observation
from bot.domain.resize.record import recorded_step
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.sightless import sighted, sightless
from bot.domain.resize.step import Finish, Wait, Writing
from bot.domain.telling.language import ENGLISH, Language, say, speaking
from bot.reconcile import performing
from bot.reconcile.abreast import abreast
from bot.reconcile.audit_mirror import build_audit_mirror
from bot.reconcile.bench import Bench
from bot.reconcile.investigation_orders import InvestigationOrders
from bot.reconcile.loop import Loop
from bot.reconcile.woken import woken_loop
from bot.store import aftermath, audit_trail, freezes, leases, resizes
from bot.store.database import StoreUnavailable
from bot.store.resizes import Held

log = structlog.get_logger(__name__)

_LEASE_FOR = timedelta(seconds=180)  # longer than a look and a call may take
_LOOK_S = 60.0
_AT_ONCE = 10
_TOLD_AFTER = 3  # looks in vain


class Resizes:
    """A pass does one step of each resize that is due."""

    def __init__(self, bench: Bench, calls: Calls, peaks: Peaks, policy: Policy) -> None:
        """`policy` has the windows and the kill switch, and whether revisions are tagged."""
        self._bench = bench
        self._db = bench.db
        self._calls = calls
        self._peaks = peaks
        self._policy = policy

    async def one_pass(self) -> bool | float:
        """Do what is due: whether there was any, or in how many seconds there will be."""
        if again := await self._db.read(aftermath.killed_again):
            await self._db.write(aftermath.hurry, again)
        now = self._bench.clock()
        due_at = await self._db.read(resizes.next_due)
        if due_at is None:
            return False
        if due_at > now:
            return (due_at - now).total_seconds()
        claim = leases.Claim(owner=self._bench.worker, now=now, limit=_AT_ONCE, lease_for=_LEASE_FOR)
        held = await self._db.write(resizes.lease, claim)
        await abreast(self._carry_on, held)
        return bool(held)

    async def _carry_on(self, held: Held) -> None:
        """One step; whatever goes wrong is its own affair and leaves it due again."""
        with (
            structlog.contextvars.bound_contextvars(resize_id=held.id),
            speaking(self._language(held.resize)),
        ):
            looked_at = self._bench.clock()
            try:
                with self._bench.tracer.span("resize looked at", resize_id=held.id):
                    await self._step(held, looked_at)
            except (AwsTrouble, TimeoutError) as trouble:
                await self._in_vain(held, trouble, looked_at)
            except StoreUnavailable as error:
                log.warning("resize.store_unavailable", error=str(error))  # the lease ends by itself
            except Exception as error:
                log.exception("resize.failed", attempts=held.attempts)
                await self._in_vain(held, error, looked_at)

    def _language(self, resize: Resize) -> Language:
        """What is told of where it stands is kept in words."""
        plan = resize.spec.plan
        return self._bench.tongues.of(plan.target.subject.with_container(plan.container))

    async def _step(self, held: Held, looked_at: datetime) -> None:
        """Kills that are told while it looks are seen at the next look, as this one counts from its beginning."""
        resize = sighted(held.resize)
        seen = await self._observe(resize)
        resize, seen = _remembered(resize, seen)
        now, freeze = self._bench.clock(), await self._freeze(resize)
        step = recorded_step(resize, lambda one: next_step(one, self._held(seen, freeze, now), now))
        if isinstance(step, Wait | Finish):
            await self._db.write(resizes.settle, held, step, looked_at)
            return
        await self._perform(held, step, looked_at)

    async def _perform(self, held: Held, step: Writing, looked_at: datetime) -> None:
        acting = replace(held.resize, status=step.status)
        entry = performing.called(acting, step, self._bench.clock())
        saved = await self._db.write(resizes.advance, held, step.status, looked_at, [entry])
        if saved is None:
            return  # somebody decided meanwhile, or the lease was lost
        tagged = self._policy.tags_revisions
        with self._bench.tracer.span("resize step", resize_id=held.id, step=type(step).__name__):
            done = await performing.perform(
                self._calls, saved.resize, step, self._bench.clock(), tagged=tagged
            )
        self._bench.metrics.resize_step(type(step).__name__, is_unknown=done.is_unknown)
        log.info("resize.performed", step=type(step).__name__, words=done.english, is_unknown=done.is_unknown)
        told = performing.answered(acting, done, self._bench.clock())
        if done.is_unknown:
            later = self._bench.clock() + backoff.after(held.attempts + 1)
            await self._db.write(_put_off, saved, later, done.english, told)
        else:
            await self._db.write(resizes.settle, saved, done.step, looked_at, [told])

    async def _observe(self, resize: Resize) -> Observation:
        """What AWS, the store and the policy say."""
        kills = await self._db.read(aftermath.kills_since, resize)
        seen = Observation()
        if needs_observation(resize):
            async with asyncio.timeout(_LOOK_S):
                seen = await observe(self._calls, resize, self._peaks)
        return replace(seen, kills=kills, is_read_only=self._policy.read_only)

    async def _freeze(self, resize: Resize) -> Freeze | None:
        if resize.status.phase is not ResizePhase.APPROVED:
            return None
        return await self._db.read(freezes.covering, resize.spec.plan.target.subject, self._bench.clock())

    def _held(self, seen: Observation, freeze: Freeze | None, now: datetime) -> Observation:
        """With why nothing may begin now, in the language that is spoken."""
        return replace(seen, held=hold.held(self._policy, freeze, now))

    async def _in_vain(self, held: Held, trouble: Exception, looked_at: datetime) -> None:
        """It could not be looked at: later again; told where a permission lacks or it lasts; not for ever."""
        why, now, attempts = _why(trouble), self._bench.clock(), held.attempts + 1
        with speaking(ENGLISH):
            log.warning("resize.not_seen", error=_why(trouble), attempts=attempts)
        is_told = isinstance(trouble, Forbidden) or attempts >= _TOLD_AFTER
        due_at = now + backoff.after(attempts)

        def look(one: Resize) -> Wait | Finish:
            found = sightless(one, _why(trouble) if is_told else "", attempts, now)
            return found if isinstance(found, Finish) else Wait(found, due_at)

        step = recorded_step(held.resize, look)
        if isinstance(step, Finish):
            await self._db.write(resizes.settle, held, step, looked_at)
        else:
            await self._db.write(_tell_and_put_off, held, _Blind(step.status, looked_at, due_at, why))


def build_resizes(
    bench: Bench, calls: Calls, policy: Policy, orders: InvestigationOrders, audit_channel: str
) -> list[Loop]:
    """The loops, not yet started, woken by commits. Logs Insights is asked one question at a time, if at all.

    `audit_channel` mirrors the audit trail; "" for none.
    """
    peaks = Peaks(Insights(min(1, orders.queries_at_once)), bench.clock)
    one_pass = Resizes(bench, calls, peaks, policy).one_pass
    return [woken_loop(bench, "resizes", one_pass), *build_audit_mirror(bench, audit_channel)]


@dataclass(frozen=True, slots=True)
class _Blind:
    """A look in vain: what is told of it, when it was, when the next one is due."""

    status: Status
    looked_at: datetime
    due_at: datetime
    why: str


def _remembered(resize: Resize, seen: Observation) -> tuple[Resize, Observation]:
    """ECS forgets tasks in an hour: the most that were seen to run are kept."""
    if seen.runs is None:
        return resize, seen
    most = max(seen.runs, resize.status.runs_seen)
    return replace(resize, status=replace(resize.status, runs_seen=most)), replace(seen, runs=most)


def _why(trouble: Exception) -> str:
    if isinstance(trouble, AwsTrouble):
        return str(trouble)[:300].rstrip(".。")
    if isinstance(trouble, TimeoutError):
        return say("AWS did not answer in time")
    return say("an error of OOM Guard itself, {name}, which its log tells", name=type(trouble).__name__)


def _put_off(conn: Connection, held: Held, due_at: datetime, error: str, entry: Entry) -> None:
    if resizes.retry(conn, held, due_at, error):
        audit_trail.add(conn, [entry])


def _tell_and_put_off(conn: Connection, held: Held, blind: _Blind) -> None:
    told = resizes.advance(conn, held, blind.status, blind.looked_at)
    if told is not None:
        resizes.retry(conn, told, blind.due_at, blind.why)
