"""The resize modal: opened at once as "Looking at …", filled in when AWS has answered, written down when submitted."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.aws.attempt import Miss
from bot.domain.command.command import AskResize
from bot.domain.resize.authority import Action, may_at
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say
from bot.slack import said
from bot.slack.answers import choice, refusal
from bot.slack.answers import resize as resize_answers
from bot.slack.answers.answer import Answer
from bot.slack.resize import controls, modal, plan_text, waiting
from bot.slack.resize.modal import Order
from bot.store import incidents, resizes
from bot.store.database import StoreUnavailable
from handlers import subjects
from handlers.buttons import incident_id, person, value_of
from handlers.opening import open_form
from handlers.resize_desk import LOOKING, Attempt, ResizeDesk
from handlers.resize_planning import Drawn
from handlers.resize_requests import ResizeRequests
from handlers.responses import respond

FILL_BUDGET_S = 25.0
GONE = {"not_found", "hash_conflict"}  # closed by the person, or a newer choice is being shown

log = structlog.get_logger(__name__)


class ResizeModal:
    """The doors of the form: its button, its choices, its submission; and words that lead to it."""

    def __init__(self, resize_desk: ResizeDesk) -> None:
        self._resize_desk = resize_desk
        self._desk = resize_desk.desk
        self._requests = ResizeRequests(resize_desk)
        self._filling: set[asyncio.Task[None]] = set()

    def register(self, bolt: AsyncApp) -> None:
        """Take over the button, the form's choices, and the form."""
        bolt.action(controls.OPEN)(self.on_button)
        bolt.action(controls.AGAIN)(self.on_again)
        bolt.action(controls.PIN_BACK)(self.on_pin_back)
        for name in (modal.CONTAINER, modal.SIZE, modal.ALSO, modal.TICKS):
            bolt.action(name)(self.on_choice)
        bolt.action(waiting.RETRY)(self.on_retry)
        bolt.view(modal.CALLBACK)(self.on_submit)

    async def on_button(
        self, ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Open the form, which is the answer to the click; what stands in the way is told in a sentence."""
        told = await self._desk.attempt("resize_form", person(body), self._open_for_incident(body, client))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_again(
        self, ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Likewise for what a resize was of that is over."""
        told = await self._desk.attempt("resize_form", person(body), self._open_again(body, client))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_pin_back(
        self, ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Likewise with the old size, and the images that run pinned: the way back that ships no other code."""
        opening = self._open_again(body, client, is_way_back=True)
        told = await self._desk.attempt("resize_form", person(body), opening)
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_choice(self, ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient) -> None:
        """Another container or size, a tick: the plan follows."""
        view = body.get("view") or {}
        order = modal.chosen(view)
        if order is not None:
            self._begin(self._fill(order, person(body), str(view.get("id")), str(view.get("hash")), client))
        await ack()

    async def on_retry(self, ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient) -> None:
        """Ask AWS once more for what the form is about."""
        view = body.get("view") or {}
        order = Order.read(str(view.get("private_metadata", "")))
        if order is not None:
            self._begin(
                self._look_again(order, person(body), str(view.get("id")), str(view.get("hash")), client)
            )
        await ack()

    async def on_submit(self, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Check the plan again, write the request, then close the form; the alert shows it. Errors appear in the form."""
        redrawn: list[View] = []
        told = await self._desk.attempt("resize", person(body), self._submit(view, person(body), redrawn))
        if told is not None:
            await ack(response_action="errors", errors={modal.REASON: told["text"]})
        elif redrawn:
            await ack(response_action="update", view=redrawn[0])
        else:
            await ack()

    async def open_for(
        self, wish: AskResize, asker: str, trigger_id: str, client: AsyncWebClient
    ) -> Answer | None:
        """Open the form for what somebody typed; why not, or the question whom they mean."""
        found = await self._desk.db.read(subjects.find_any, wish.query)
        subject = found.certain
        if subject is None:
            return choice.choose(wish.query, found, lambda one: _for(wish, one), self._desk.account_name)
        order = Order(subject=subject, container=wish.container, amount=wish.amount, reason=wish.reason)
        return await self._open(order, asker, trigger_id, client)

    async def _open_for_incident(self, body: Mapping[str, Any], client: AsyncWebClient) -> Answer | None:
        number = incident_id(body)
        if number is None:
            return refusal.outdated()
        incident = await self._desk.db.read(incidents.get, number)
        if incident is None:
            return refusal.no_incident(number)
        key = incident.group_key
        order = Order(subject=Subject.of(key), container=key.container, incident_id=number)
        return await self._open(order, person(body), str(body.get("trigger_id", "")), client)

    async def _open_again(
        self, body: Mapping[str, Any], client: AsyncWebClient, *, is_way_back: bool = False
    ) -> Answer | None:
        read = controls.read(value_of(body))
        if read is None:
            return refusal.outdated()
        resize = await self._desk.db.read(resizes.get, read[0])
        if resize is None:
            return resize_answers.no_such(read[0])
        plan = resize.spec.plan
        order = Order(subject=plan.target.subject, container=plan.container)
        old_mib = plan_text.pair(plan)[0]
        if is_way_back and old_mib is not None:
            order = replace(order, amount=f"{old_mib}M", pins=True, reason=say("Back to the memory before."))
        return await self._open(order, person(body), str(body.get("trigger_id", "")), client)

    async def _open(self, order: Order, asker: str, trigger_id: str, client: AsyncWebClient) -> Answer | None:
        opened = await open_form(client, trigger_id, waiting.looking(order))
        if isinstance(opened, Answer):
            return opened
        view_id, view_hash = opened
        self._begin(self._fill(order, asker, view_id, view_hash, client))
        return None

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that the click does not wait for; it dies with the process, and then the form stays as it is."""
        task = asyncio.create_task(work)
        self._filling.add(task)
        task.add_done_callback(self._filling.discard)

    async def _look_again(
        self, order: Order, asker: str, view_id: str, view_hash: str, client: AsyncWebClient
    ) -> None:
        """Say so first: AWS may take its time, and a button that seems to do nothing is pressed again."""
        shown = await self._show(waiting.looking(order), view_id, view_hash, client)
        if shown:
            await self._fill(order, asker, view_id, shown, client)

    async def _fill(
        self, order: Order, asker: str, view_id: str, view_hash: str, client: AsyncWebClient
    ) -> None:
        try:
            async with asyncio.timeout(FILL_BUDGET_S):
                view = await self._drawn(order, asker)
        except TimeoutError:
            log.warning("resize_form.too_slow", user=asker)
            view = waiting.trouble(order, say("AWS did not answer in time"), may_pass=True)
        except Exception as error:
            log.exception("resize_form.failed", user=asker)
            why = say("it went wrong on my side ({error}); the log tells more", error=type(error).__name__)
            view = waiting.trouble(order, why, may_pass=True)
        await self._show(view, view_id, view_hash, client)

    async def _show(self, view: View, view_id: str, view_hash: str, client: AsyncWebClient) -> str:
        """The hash of the form as it is shown now; "" where it is not."""
        try:
            answer = await client.views_update(view_id=view_id, hash=view_hash, view=view)
        except SlackApiError as error:
            code = said.word(error)
            log.log(20 if code in GONE else 40, "resize_form.not_updated", error=code)
        except (TimeoutError, aiohttp.ClientError) as error:
            log.warning("resize_form.not_updated", error=repr(error))
        except Exception:
            log.exception("resize_form.failed")
        else:
            return str((answer.get("view") or {}).get("hash", ""))
        return ""

    async def _drawn(self, order: Order, asker: str) -> View:
        """The form, or why there is none, in words."""
        try:
            denied = await self._resize_desk.denial(
                asker,
                lambda policy, who: may_at(policy, who, Action.LOOK, order.subject),
                Attempt(LOOKING, order.subject),
            )
            drawn = Miss(denied.words) if denied else await self._resize_desk.planning.draw(order)
        except StoreUnavailable:
            drawn = Miss(say("my store does not answer right now"), may_pass=True)
        if isinstance(drawn, Miss):
            return waiting.trouble(order, drawn.why, may_pass=drawn.may_pass)
        return modal.form(drawn.order, drawn.sheet, self._desk.account_name)

    async def _submit(self, view: Mapping[str, Any], asker: str, redrawn: list[View]) -> Answer | None:
        order = modal.chosen(view)
        if order is None:
            return refusal.outdated()
        found = await self._requests.submit(order, asker, str(view.get("id", "")))
        if isinstance(found, Drawn):
            redrawn.append(modal.form(found.order, found.sheet, self._desk.account_name))
            return None
        return found


def wants_form(command: object) -> TypeGuard[AskResize]:
    """Whether words lead to the form: only a dry run is told at once."""
    return isinstance(command, AskResize) and not command.is_dry_run


def _for(wish: AskResize, subject: Subject) -> str:
    """The same words for exactly this subject."""
    return AskResize(str(subject), wish.container, wish.amount, reason=wish.reason).typed
