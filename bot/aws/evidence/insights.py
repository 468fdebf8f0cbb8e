"""Logs Insights: queries over one log group in a bounded span, a few at a time, stopped when nobody waits any more."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.aws.evidence.site import Site
from bot.aws.trouble import AwsTrouble, Rejected, Unreachable
from bot.domain.telling.language import mark

Row = Mapping[str, str]
LIMIT_S = 8.0
_FIRST_LOOK_S = 0.25
_LONGEST_PAUSE_S = 1.0
_GOING_ON = frozenset({"Scheduled", "Running", "Unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query. Whatever is put into its text must have been validated or quoted."""

    group: str
    text: str
    since: datetime
    until: datetime
    most_rows: int = 3000


class Insights:
    """Runs at most so many queries at a time: an account has a hundred, shared with everybody's dashboards."""

    def __init__(
        self,
        at_once: int,
        *,
        limit_s: float = LIMIT_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """With `at_once` 0 nothing is ever queried: `is_on` is False. `limit_s`: how long a query may take."""
        self._limit_s = limit_s
        self.is_on = at_once > 0
        self._turns = asyncio.Semaphore(max(1, at_once))
        self._sleep = sleep
        self._stops: set[asyncio.Task[None]] = set()

    async def rows(self, site: Site, query: Query | Callable[[], Query]) -> list[Row]:
        """The rows, field → value as text. Raises an AwsTrouble, Unreachable where no answer comes in time.

        Waiting for a turn does not count; a query that is a function is made when the turn has come.
        """
        async with self._turns:
            query_id = ""
            query = query if isinstance(query, Query) else query()
            try:
                async with asyncio.timeout(self._limit_s):
                    query_id = await _start(site, query)
                    return await self._results(site, query_id)
            except (TimeoutError, asyncio.CancelledError) as error:
                if query_id:
                    self._stop(site, query_id)
                if isinstance(error, TimeoutError):
                    raise Unreachable(
                        mark("Logs Insights gave no answer within {limit} s"), limit=f"{self._limit_s:g}"
                    ) from None
                raise

    async def _results(self, site: Site, query_id: str) -> list[Row]:
        pause = _FIRST_LOOK_S
        while True:
            await self._sleep(pause)
            answer = await site.ask("logs", "get_query_results", queryId=query_id)
            status = str(answer.get("status", ""))
            if status == "Complete":
                return [_row(one) for one in answer.get("results", ())]
            if status not in _GOING_ON:
                raise _ended(status)
            pause = min(_LONGEST_PAUSE_S, pause * 1.5)

    def _stop(self, site: Site, query_id: str) -> None:
        """It goes on costing until it is stopped; nobody waits for that."""
        task = asyncio.create_task(_stop(site, query_id))
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)


def quoted(text: str) -> str:
    """A text as a string of the query language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_off(trouble: AwsTrouble) -> bool:
    """Whether it says that there is no such log group."""
    return isinstance(trouble, Rejected) and trouble.code == "ResourceNotFoundException"


def is_busy(trouble: AwsTrouble) -> bool:
    """Whether it says that the account runs as many queries as it may."""
    return isinstance(trouble, Rejected) and trouble.code == "LimitExceededException"


def _ended(status: str) -> Unreachable:
    """It is over, and there is no answer."""
    if status:
        return Unreachable(mark("Logs Insights ended the query: {status}"), status=status)
    return Unreachable(mark("Logs Insights ended the query: no status"))


async def _start(site: Site, query: Query) -> str:
    answer = await site.ask(
        "logs",
        "start_query",
        logGroupName=query.group,
        queryString=query.text,
        startTime=int(query.since.timestamp()),
        endTime=int(query.until.timestamp()),
        limit=query.most_rows,
    )
    return str(answer["queryId"])


async def _stop(site: Site, query_id: str) -> None:
    try:
        await site.ask("logs", "stop_query", queryId=query_id)
    except AwsTrouble:
        return  # it ends by itself


def _row(cells: Any) -> Row:
    return {str(cell.get("field", "")): str(cell.get("value", "")) for cell in cells}
