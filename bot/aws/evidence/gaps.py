"""Gaps: collecting goes on whatever one source does, and what it did is written down for a person."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.aws.attempt import Miss, attempt
from bot.domain.diagnosis.evidence import Gap, Source

log = structlog.get_logger(__name__)
T = TypeVar("T")

LIMIT_S = 8.0


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

    async def within(self, source: Source, work: Awaitable[T], *, has_limits: bool = False) -> T | None:
        """What the work brings; None, and a gap, where it brings trouble or takes too long. Never raises.

        `has_limits`: the work asks several sources, each within a limit of its own.
        """
        result = await attempt(work, None if has_limits else self._limit_s)
        if not isinstance(result, Miss):
            return result
        if result.puzzle:
            log.error("evidence.not_understood", source=source.value, exc_info=result.puzzle)
        self.add(Gap(source=source, why=result.why, permission=result.permission))
        self.may_close |= result.may_pass
        return None
