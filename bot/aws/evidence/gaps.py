"""Gaps: collecting goes on whatever one source does, and what it did is written down for a person."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.aws.trouble import AwsTrouble, Forbidden, Unreachable
from bot.domain.diagnosis.evidence import Gap, Source
from bot.domain.telling.language import mark, say

log = structlog.get_logger(__name__)
T = TypeVar("T")

LIMIT_S = 8.0
NOT_UNDERSTOOD = mark("AWS's answer was not understood")


class Gaps:
    """What could not be looked at in one investigation."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        """Nothing yet. `limit_s`: how long one source may take."""
        self._limit_s = limit_s
        self._found: dict[Source, Gap] = {}
        self.may_close = False  # asking again in a few minutes may help

    @property
    def found(self) -> tuple[Gap, ...]:
        """One a source, in the order of sources; an account that we may not enter at all is told once."""
        ordered = [self._found[source] for source in Source if source in self._found]
        shut = [gap for gap in ordered if gap.permission == "sts:AssumeRole"]
        return tuple(gap for gap in ordered if gap not in shut[1:])

    def add(self, gap: Gap) -> None:
        """Note one; a source's first one stays."""
        self._found.setdefault(gap.source, gap)

    async def within(self, source: Source, work: Awaitable[T]) -> T | None:
        """What the work brings; None, and a gap, where it brings trouble or takes too long. Never raises."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await work
        except TimeoutError:
            self._may_close(source, say("AWS did not answer within {limit} s", limit=f"{self._limit_s:g}"))
        except Forbidden as trouble:
            self.add(Gap(source=source, why=str(trouble), permission=trouble.action))
        except Unreachable as trouble:
            self._may_close(source, str(trouble))
        except AwsTrouble as trouble:
            self.add(Gap(source=source, why=str(trouble)))
        except Exception:
            log.exception("evidence.not_understood", source=source.value)
            self.add(Gap(source=source, why=say(NOT_UNDERSTOOD)))
        return None

    def _may_close(self, source: Source, why: str) -> None:
        self.add(Gap(source=source, why=why))
        self.may_close = True
