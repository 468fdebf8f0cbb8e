"""Resize requests: what a submitted form asks for is planned afresh, judged, and written down in one transaction."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median

import structlog
from sqlalchemy import Connection

from bot.aws.attempt import Miss
from bot.domain.calendar import window
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.plan.plan import Plan
from bot.domain.policy.policy import Person, Policy
from bot.domain.resize import watch
from bot.domain.resize.authority import Action, Allowed, Denied, may
from bot.domain.resize.decision import Decision, Outcome
from bot.domain.resize.resize import Spec
from bot.domain.telling.language import say, speaking, spoken
from bot.slack.answers import resize as answers
from bot.slack.answers.answer import Answer
from bot.slack.resize.modal import Order
from bot.store import incidents, investigations, kills, resizes
from handlers.resize_desk import CHANGING, Attempt, ResizeDesk
from handlers.resize_planning import SUBMITTED_S, Drawn

PLAN_BUDGET_S = 1.5  # of the desk's time: the rest is for people and the store

log = structlog.get_logger(__name__)


class ResizeRequests:
    """Writes requests. May raise StoreUnavailable."""

    def __init__(self, resize_desk: ResizeDesk) -> None:
        self._resize_desk = resize_desk

    async def submit(self, order: Order, asker: str, submission: str) -> Answer | Drawn | None:
        """Write it down: None where that was done; a new sheet where the plan changed; else why not.

        `submission` names the form, so that its second arrival does nothing.
        """
        try:
            async with asyncio.timeout(PLAN_BUDGET_S):
                shown, kept = await self._drawn_twice(order)
        except TimeoutError:
            return answers.too_slow()
        if isinstance(shown, Miss):
            return answers.no_plan(order.subject, shown.why, may_pass=shown.may_pass)
        if news := _difference(order, shown):
            return replace(shown, sheet=replace(shown.sheet, news=news))
        if isinstance(kept, Miss) or _difference(order, kept):  # somebody deploys at this very moment
            return replace(shown, sheet=replace(shown.sheet, news=_another()))
        return await self._refusal(shown.sheet.plan, asker) or await self._write(kept, asker, submission)

    async def _drawn_twice(self, order: Order) -> tuple[Drawn | Miss, Drawn | Miss]:
        """For the person who asks; and in the language of the channel that is told, in whose words it is kept."""
        draw = self._resize_desk.planning.draw
        theirs = self._resize_desk.language(order.subject, order.container)
        shown = draw(order, at_most_old_s=SUBMITTED_S)
        if theirs.code == spoken().code:
            found = await shown
            return found, found
        with speaking(theirs):
            kept = asyncio.create_task(draw(order, at_most_old_s=SUBMITTED_S))
        return await asyncio.gather(shown, kept)

    async def _refusal(self, plan: Plan, asker: str) -> Answer | None:
        """Why this person may not, or not now."""
        rule = partial(_may_change, plan)
        attempt = Attempt(CHANGING, plan.target.subject, plan=plan)
        denied = await self._resize_desk.denial(asker, rule, attempt)
        if denied is not None:
            return answers.denied(denied.words)
        now, windows = self._resize_desk.desk.clock(), self._resize_desk.policy.windows
        opens_at = window.next_opening(windows, now)
        return answers.closed(opens_at) if opens_at > now else None

    async def _write(self, drawn: Drawn, asker: str, submission: str) -> Answer | None:
        desk, subject = self._resize_desk.desk, drawn.order.subject
        with speaking(self._resize_desk.language(subject, drawn.order.container)):
            decision: Decision = await desk.db.write(
                _request, _Asked(drawn, asker, submission), self._resize_desk.policy, desk.clock()
            )
        resize_id = decision.resize.spec.id if decision.resize else None
        log.info("resize.requested", outcome=decision.outcome.value, resize_id=resize_id, user=asker)
        match decision.outcome:
            case Outcome.DONE | Outcome.REPLAYED:
                return None
            case Outcome.FROZEN:
                return answers.frozen(decision.freeze)
            case Outcome.TAKEN:
                return answers.taken(decision.resize)
            case _:
                return answers.no_plan(subject, say("there is nothing to change"))


def _difference(order: Order, drawn: Drawn) -> str:
    """What is no longer as the person saw it; "" where all is."""
    plan = drawn.sheet.plan
    if not plan.can_be_done:
        return say("Nothing was changed: it can't be done any more.")
    if plan.hash == order.plan_hash:
        return ""
    old = order.revision.rpartition("/")[2]
    new = plan.change.revision_arn.rpartition("/")[2] if plan.change else ""
    if old and new and old != new:
        return say(
            "Nothing was changed: somebody deployed meanwhile, {old} is {new} now. Look at the plan again.",
            old=old,
            new=new,
        )
    return _another()


def _another() -> str:
    return say("Nothing was changed: the plan is another one now. Look at it again.")


def _may_change(plan: Plan, policy: Policy, person: Person) -> Allowed | Denied:
    return may(policy, person, Action.CHANGE, plan)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asked for what; `submission` names the form."""

    drawn: Drawn
    asker: str
    submission: str


def _request(conn: Connection, asked: _Asked, policy: Policy, now: datetime) -> Decision:
    """In one transaction with the look at what it belongs to."""
    order, sheet = asked.drawn.order, asked.drawn.sheet
    incident_id = _incident(conn, order)
    spec = Spec(
        id=0,
        plan=sheet.plan,
        incident_id=incident_id,
        requested_by=asked.asker,
        requested_at=now,
        reason=order.reason,
        needs_approval=tuple(sheet.needs_approval),
        expires_at=now + timedelta(seconds=policy.approval_lasts_s),
        watch_s=watch.length_s(policy, _usual_life_s(conn, incident_id)),
        rolls_back=policy.rolls_back,
        pattern=_pattern(conn, incident_id),
    )
    return resizes.request(conn, spec, asked.submission, now)


def _incident(conn: Connection, order: Order) -> int | None:
    """The incident whose alert shows it: the one that the form was opened from, else an unfinished one of it."""
    if order.incident_id is not None and incidents.get(conn, order.incident_id) is not None:
        return order.incident_id
    mine = incidents.of_subject(conn, order.subject)
    named = [one for one in mine if one.group_key.container == order.container]
    return next((one.id for one in [*named, *mine]), None)


def _pattern(conn: Connection, incident_id: int | None) -> Pattern:
    """How memory grew, as the incident's diagnosis says: what becomes of the resize teaches for it."""
    found = None if incident_id is None else investigations.get(conn, incident_id)
    return found.diagnosis.pattern if found and found.diagnosis else Pattern.UNKNOWN


def _usual_life_s(conn: Connection, incident_id: int | None) -> float | None:
    deaths = [] if incident_id is None else [one.death for one in kills.of_incident(conn, incident_id)]
    lives = [one.lifetime_s for one in deaths if one.lifetime_s is not None]
    return median(lives) if lives else None
