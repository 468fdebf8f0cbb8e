"""Attempts: one question to AWS that may fail without ending what it is asked for; a miss says why, for a person."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.aws.trouble import AwsTrouble, Forbidden, Unreachable
from bot.domain.telling.language import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Miss:
    """Why nothing came. `may_pass`: asking again in a few minutes may help. `puzzle`: what nobody expected, for the log."""

    why: str
    permission: str = ""
    may_pass: bool = False
    puzzle: Exception | None = None


async def attempt(work: Awaitable[T], limit_s: float | None) -> T | Miss:
    """What the work brings within `limit_s`, or why it brought nothing. Never raises.

    None: the work keeps limits of its own, and that it breaks them is what nobody expects.
    """
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError as late:
        if limit_s is None:
            return Miss(_not_understood(), puzzle=late)
        return Miss(say("AWS did not answer within {limit} s", limit=f"{limit_s:g}"), may_pass=True)
    except Forbidden as trouble:
        return Miss(str(trouble), permission=trouble.action)
    except AwsTrouble as trouble:
        return Miss(str(trouble), may_pass=isinstance(trouble, Unreachable))
    except Exception as error:  # noqa: BLE001 - whoever asked logs it, by the name of what was asked
        return Miss(_not_understood(), puzzle=error)


def _not_understood() -> str:
    return say("AWS's answer was not understood")
