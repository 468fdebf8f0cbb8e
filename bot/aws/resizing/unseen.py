"""Unseen: what could not be looked at for a plan, a sentence each with the permission that lacks; reading goes on."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.aws.trouble import AwsTrouble
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
        try:
            async with asyncio.timeout(self._limit_s):
                return await work
        except TimeoutError:
            why = say("AWS did not answer within {limit} s", limit=f"{self._limit_s:g}")
        except AwsTrouble as trouble:
            why = str(trouble).rstrip(".。")
        except Exception:
            log.exception("facts.not_understood", what=what)
            why = say("AWS's answer was not understood")
        self._told.setdefault(what, why)
        return None
