"""Drilling: a test of the whole path is judged and written down; a reconciler sends it."""

import secrets

import structlog

from bot.domain.command.drill_grammar import AskDrill
from bot.domain.policy.policy import Role
from bot.domain.resize.authority import has_role_somewhere
from bot.slack.answers import drill as answers
from bot.slack.answers import late
from bot.slack.answers.answer import Answer
from bot.store import drills
from bot.store.drills import Wish
from handlers.desk import Desk

log = structlog.get_logger(__name__)


class Drilling:
    """Writes down who wants to test the path, and to which channel."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def begin(self, asked: AskDrill, asker: str, response_url: str) -> Answer:
        """That it began, or why not. Raises StoreUnavailable.

        With a policy its operators may; without one everybody may: it changes nothing and is rare.
        """
        desk = self._desk
        if desk.policy.read_only:
            return answers.read_only()
        if not has_role_somewhere(desk.policy, await desk.person(asker), Role.OPERATOR):
            log.warning("drill.denied", user=asker)
            return answers.not_an_operator()
        if not response_url:
            return late.no_way_back()
        known = tuple(desk.channels())
        channel = await desk.which_channel(asked.channel, known) if asked.channel else next(iter(known), "")
        if not channel:
            return answers.unknown_channel(asked.channel, known)
        return await self._write(Wish(asker, channel, response_url))

    async def _write(self, wish: Wish) -> Answer:
        now = self._desk.clock()
        last = await self._desk.db.write(drills.begin, wish, secrets.token_hex(16), now)
        log.info("drill.asked", user=wish.user, channel=wish.channel, is_begun=last is None)
        return answers.begun(wish.channel) if last is None else answers.too_soon(last, now)
