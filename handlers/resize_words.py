"""Resize words: dry runs, rollbacks, history, freezes and thaws that somebody typed or pressed."""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.aws.attempt import Miss
from bot.domain.command.command import AskResize, AskRollback, FreezeChanges, History, ThawChanges
from bot.domain.policy.freeze import Freeze
from bot.domain.resize import returning
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.authority import Action, may, may_anywhere, may_at
from bot.domain.resize.resize import Resize
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say, speaking
from bot.slack.answers import choice, history
from bot.slack.answers import resize as answers
from bot.slack.answers.answer import Answer
from bot.slack.resize import plan_text
from bot.slack.resize.modal import Order
from bot.store import audit_trail, freezes, resize_decisions, resizes
from bot.store.resize_decisions import Will
from handlers import subjects
from handlers.resize_desk import (
    FREEZING,
    GOING_BACK,
    HISTORY,
    LOOKING,
    THAWING,
    Attempt,
    ResizeDesk,
)

DRY_RUN_BUDGET_S = 1.5
MOST_ENTRIES = 1000  # that are paged through; the export has all

ResizeWords = AskResize | AskRollback | History | FreezeChanges | ThawChanges

log = structlog.get_logger(__name__)


class ResizeAnswers:
    """Answers to words about resizes; a wish to resize that is no dry run opens a form instead of coming here."""

    def __init__(self, resize_desk: ResizeDesk) -> None:
        self.resize_desk = resize_desk
        self._desk = resize_desk.desk

    async def answer(self, wish: ResizeWords, asker: str) -> Answer:
        """Do it, and what to tell the person. May raise StoreUnavailable."""
        match wish:
            case AskResize():
                return await self._dry_run(wish, asker)
            case AskRollback():
                return await self._rollback(wish, asker)
            case History():
                return await self._history(wish, asker)
            case FreezeChanges(reason):
                return await self._freeze(reason, asker)
            case ThawChanges():
                return await self._thaw(asker)

    async def plan_of(self, order: Order, wish: AskResize, asker: str) -> Answer:
        """The plan alone, however long AWS takes; nothing is stored but that somebody looked."""
        drawn = await self.resize_desk.planning.draw(order)
        if isinstance(drawn, Miss):
            return answers.no_plan(order.subject, drawn.why, may_pass=drawn.may_pass)
        plan = drawn.sheet.plan

        def words() -> str:
            return say("{what}: {words}", what=plan.container, words=plan_text.sizes(plan))

        await self.resize_desk.note(asker, Deed.LOOKED, words, order.subject)
        exactly = AskResize(str(order.subject), order.container, wish.amount, reason=wish.reason)
        return answers.planned(plan, exactly, tuple(drawn.sheet.needs_approval))

    async def _dry_run(self, wish: AskResize, asker: str) -> Answer:
        found = await self._desk.db.read(subjects.find_any, wish.query)
        subject = found.certain
        if subject is None:
            return choice.choose(
                wish.query,
                found,
                lambda one: AskResize(str(one), wish.container, wish.amount, is_dry_run=True).typed,
                self._desk.account_name,
            )
        denied = await self.resize_desk.denial(
            asker,
            lambda policy, who: may_at(policy, who, Action.LOOK, subject),
            Attempt(LOOKING, subject),
        )
        if denied is not None:
            return answers.denied(denied.words)
        order = Order(subject=subject, container=wish.container, amount=wish.amount)
        try:
            async with asyncio.timeout(DRY_RUN_BUDGET_S):
                return await self.plan_of(order, wish, asker)
        except TimeoutError:
            return answers.still_looking(subject, wish)

    async def _rollback(self, wish: AskRollback, asker: str) -> Answer:
        found = await self._desk.db.read(subjects.find_any, wish.query)
        if found.certain is None:
            return choice.choose(
                wish.query,
                found,
                lambda one: AskRollback(str(one), wish.reason).typed,
                self._desk.account_name,
            )
        mine = await self._desk.db.read(resizes.of_target, found.certain)
        changed = next((one for one in mine if one.status.phase.has_changed_aws), None)
        if changed is None:
            return answers.nothing_to_undo(found.certain)
        return await self.roll_back(changed, asker, wish.reason) or answers.rolling_back(changed)

    async def roll_back(
        self, resize: Resize, asker: str, why: str = "", *, is_certain: bool = False
    ) -> Answer | None:
        """Have it undone; None where that was done, and its message shows it.

        Unless they are certain, a person is told first what else going back would ship.
        """
        plan, number = resize.spec.plan, resize.spec.id
        denied = await self.resize_desk.denial(
            asker,
            lambda policy, who: may(policy, who, Action.ROLL_BACK, plan),
            Attempt(GOING_BACK, plan.target.subject, number),
        )
        if denied is not None:
            return answers.denied(denied.words)
        if not is_certain and (told := await self._ships(resize)):
            return answers.back_ships(resize, told)
        will = Will(resize_id=number, by=asker, at=self._desk.clock(), why=why)
        decision = await self.resize_desk.decide(resize, resize_decisions.ask_rollback, will)
        log.info("resize.rollback_asked", outcome=decision.outcome.value, resize_id=number, user=asker)
        return answers.decided(decision)

    async def _ships(self, resize: Resize) -> tuple[str, ...]:
        """What else going back would ship; that nobody knows yet, where AWS is slow."""
        if not resize.status.phase.has_changed_aws or not returning.asks_anew(resize):
            return ()
        try:
            async with asyncio.timeout(DRY_RUN_BUDGET_S):
                found = await self.resize_desk.planning.images_of(resize.spec.plan.target.subject)
        except TimeoutError:
            return (say("AWS is slow: whether the tags mean other code by now is not known yet."),)
        return () if isinstance(found, Miss) else returning.other_code(resize, found)

    async def _history(self, wish: History, asker: str) -> Answer:
        found = await self._desk.db.read(subjects.find_any, wish.query)
        subject = found.certain or found.likely
        if subject is None:
            return choice.choose(
                wish.query, found, lambda one: History(str(one)).typed, self._desk.account_name
            )
        wanted: Subject = subject
        denied = await self.resize_desk.denial(
            asker,
            lambda policy, who: may_at(policy, who, Action.LOOK, wanted),
            Attempt(HISTORY, wanted),
        )
        if denied is not None:
            return answers.denied(denied.words)
        entries = await self._desk.db.read(_told, wanted)
        return history.history(wanted, wish.page, entries, self._desk.account_name)

    async def _freeze(self, reason: str, asker: str) -> Answer:
        denied = await self.resize_desk.denial(
            asker, lambda policy, who: may_anywhere(policy, who, Action.FREEZE), Attempt(FREEZING)
        )
        if denied is not None:
            return answers.denied(denied.words)
        wanted = Freeze(id=0, frozen_by=asker, frozen_at=self._desk.clock(), reason=reason)
        with speaking(self.resize_desk.language(None)):
            frozen = await self._desk.db.write(freezes.freeze, wanted)
        return answers.froze(frozen)

    async def _thaw(self, asker: str) -> Answer:
        denied = await self.resize_desk.denial(
            asker, lambda policy, who: may_anywhere(policy, who, Action.FREEZE), Attempt(THAWING)
        )
        if denied is not None:
            return answers.denied(denied.words)
        with speaking(self.resize_desk.language(None)):
            thawed = await self._desk.db.write(_thaw_all, asker, self._desk.clock())
        return answers.thawed(thawed)


def _told(conn: Connection, subject: Subject) -> list[Entry]:
    """What people did and what became of it; single calls of AWS are only in the exports."""
    found = audit_trail.of_subject(conn, str(subject), limit=MOST_ENTRIES)
    return [one for one in found if one.deed not in history.QUIET]


def _thaw_all(conn: Connection, by: str, now: datetime) -> int:
    lasting = freezes.active(conn, now)
    return sum(freezes.thaw(conn, one.id, by, now) is not None for one in lasting)
