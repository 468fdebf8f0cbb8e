"""Resize buttons: approve, decline, cancel, roll back; each may be pressed twice, late, or by a stranger."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.resize.authority import Action, may, may_approve, may_cancel
from bot.domain.resize.decision import Decision
from bot.domain.resize.resize import Resize
from bot.slack.answers import refusal
from bot.slack.answers import resize as answers
from bot.slack.answers.answer import Answer
from bot.slack.resize import controls, declining
from bot.store import resize_decisions, resizes
from bot.store.resize_decisions import Will
from handlers.buttons import Body, person, value_of
from handlers.opening import open_form
from handlers.resize_desk import APPROVING, CANCELLING, DECLINING, Attempt
from handlers.resize_words import ResizeAnswers
from handlers.responses import respond

log = structlog.get_logger(__name__)


class ResizeButtons:
    """The doors for decisions; the message shows what was decided, a sentence tells what was not."""

    def __init__(self, words: ResizeAnswers) -> None:
        self._resize_desk = words.resize_desk
        self._desk = words.resize_desk.desk
        self._words = words

    def register(self, bolt: AsyncApp) -> None:
        """Take over the clicks and the form for declining."""
        bolt.action(controls.APPROVE)(self.on_approve)
        bolt.action(controls.DECLINE)(self.on_decline)
        bolt.action(controls.CANCEL)(self.on_cancel)
        bolt.action(controls.ROLL_BACK)(self.on_roll_back)
        bolt.action(controls.ROLL_BACK_ANYWAY)(self.on_roll_back_anyway)
        bolt.view(declining.CALLBACK)(self.on_declined)

    async def on_approve(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Agree to exactly the plan that the message shows."""
        told = await self._desk.attempt("resize_approve", person(body), self._approve(body))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_decline(
        self, ack: AsyncAck, body: Body, context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Ask why, which may stay empty; whoever asked for it takes it back at once."""
        told = await self._desk.attempt("resize_decline", person(body), self._decline(body, client))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_declined(self, ack: AsyncAck, body: Body, view: Mapping[str, Any]) -> None:
        """The form with the reason."""
        told = await self._desk.attempt("resize_decline", person(body), self._declined(view, person(body)))
        if told is None:
            await ack()
        else:
            await ack(response_action="errors", errors={declining.REASON: told["text"]})

    async def on_cancel(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Take it back before it has begun."""
        told = await self._desk.attempt("resize_cancel", person(body), self._cancel(body))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_roll_back(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Have it undone."""
        told = await self._desk.attempt("resize_roll_back", person(body), self._roll_back(body))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_roll_back_anyway(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Have it undone by whoever was told what else that ships."""
        undoing = self._roll_back(body, is_certain=True)
        told = await self._desk.attempt("resize_roll_back", person(body), undoing)
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def _found(self, value: str) -> tuple[Resize, str] | Answer:
        """The resize of a button's value, and the hash of the plan that stood above the button."""
        read = controls.read(value)
        if read is None:
            return refusal.outdated()
        resize = await self._desk.db.read(resizes.get, read[0])
        return answers.no_such(read[0]) if resize is None else (resize, read[1])

    async def _approve(self, body: Body) -> Answer | None:
        found = await self._found(value_of(body))
        if isinstance(found, Answer):
            return found
        resize, plan_hash = found
        asker, plan = person(body), resize.spec.plan
        denied = await self._resize_desk.denial(
            asker,
            lambda policy, who: may_approve(policy, who, resize),
            Attempt(APPROVING, plan.target.subject, resize.spec.id),
        )
        if denied is not None:
            return answers.denied(denied.words)
        will = self._will(resize, asker)
        decision = await self._resize_desk.decide(resize, resize_decisions.approve, will, plan_hash)
        return self._told("approve", decision, asker)

    async def _decline(self, body: Body, client: AsyncWebClient) -> Answer | None:
        found = await self._found(value_of(body))
        if isinstance(found, Answer):
            return found
        resize, asker = found[0], person(body)
        if asker == resize.spec.requested_by:
            return await self._cancelled(resize, asker)
        denied = await self._may_decline(resize, asker)
        if denied is not None:
            return denied
        opened = await open_form(client, str(body.get("trigger_id", "")), declining.form(resize))
        return opened if isinstance(opened, Answer) else None

    async def _declined(self, view: Mapping[str, Any], asker: str) -> Answer | None:
        number, why = declining.read(view)
        found = await self._found(number)
        if isinstance(found, Answer):
            return found
        denied = await self._may_decline(found[0], asker)
        if denied is not None:
            return denied
        will = self._will(found[0], asker, why)
        decision = await self._resize_desk.decide(found[0], resize_decisions.reject, will)
        return self._told("reject", decision, asker)

    async def _may_decline(self, resize: Resize, asker: str) -> Answer | None:
        plan = resize.spec.plan
        denied = await self._resize_desk.denial(
            asker,
            lambda policy, who: may(policy, who, Action.CANCEL, plan),
            Attempt(DECLINING, plan.target.subject, resize.spec.id),
        )
        return answers.denied(denied.words) if denied else None

    async def _cancel(self, body: Body) -> Answer | None:
        found = await self._found(value_of(body))
        return found if isinstance(found, Answer) else await self._cancelled(found[0], person(body))

    async def _cancelled(self, resize: Resize, asker: str) -> Answer | None:
        denied = await self._resize_desk.denial(
            asker,
            lambda policy, who: may_cancel(policy, who, resize),
            Attempt(CANCELLING, resize.spec.plan.target.subject, resize.spec.id),
        )
        if denied is not None:
            return answers.denied(denied.words)
        decision = await self._resize_desk.decide(resize, resize_decisions.cancel, self._will(resize, asker))
        return self._told("cancel", decision, asker)

    async def _roll_back(self, body: Body, *, is_certain: bool = False) -> Answer | None:
        found = await self._found(value_of(body))
        if isinstance(found, Answer):
            return found
        return await self._words.roll_back(found[0], person(body), is_certain=is_certain)

    def _will(self, resize: Resize, by: str, why: str = "") -> Will:
        return Will(resize_id=resize.spec.id, by=by, at=self._desk.clock(), why=why)

    def _told(self, wish: str, decision: Decision, asker: str) -> Answer | None:
        resize_id = decision.resize.spec.id if decision.resize else None
        log.info("resize.decided", wish=wish, outcome=decision.outcome.value, resize_id=resize_id, user=asker)
        return answers.decided(decision)
