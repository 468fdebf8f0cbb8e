"""Unseen: what could not be looked at for a plan, a sentence each with the permission that lacks; reading goes on."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.aws.attempt import Miss, attempt
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Unseen:
    """The gaps of one reading."""

    def __init__(self, limit_s: float) -> None:
        """`limit_s`: how long one question may take."""
        self._limit_s = limit_s
        self._told: dict[str, str] = {}
        self._further: list[str] = []

    def tell(self, sentence: str) -> None:
        """A gap of another kind than trouble: what was left out."""
        self._further.append(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Whatever lacks for the same reason is told together; an account that we may not enter at all once."""
        whats: dict[str, list[str]] = {}
        for what, why in self._told.items():
            whats.setdefault(why, []).append(say(what))
        troubles = (
            say("Not looked at: {what} ({why}).", what=commas(names), why=why) for why, names in whats.items()
        )
        return (*troubles, *self._further)

    async def within(self, what: str, work: Awaitable[T]) -> T | None:
        """What the work brings; None, and a gap, where it brings trouble or takes too long. Never raises.

        `what` is marked for the catalogs.
        """
        result = await attempt(work, self._limit_s)
        if not isinstance(result, Miss):
            return result
        if result.puzzle:
            log.error("facts.not_understood", what=what, exc_info=result.puzzle)
        self._told.setdefault(what, result.why.rstrip(".。"))
        return None
