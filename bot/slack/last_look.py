"""The last look: whether a request may still go out, asked right before its first byte does.

A process may be stopped at any line, for longer than its lease. What it looked at before a connection was made says
little about the moment at which the request leaves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp


@dataclass
class LastLook:
    """Asks `may_go`; `is_refused` tells afterwards that nothing was sent because it said no."""

    may_go: Callable[[], bool]
    is_refused: bool = False

    def take(self) -> None:
        """Raises OSError, which aiohttp takes for a broken connection, where the request must not go out."""
        if not self.may_go():
            self.is_refused = True
            raise ConnectionAbortedError("too late: the request was not sent")


_ours: ContextVar[LastLook | None] = ContextVar("last look", default=None)


@contextmanager
def last_look(session: aiohttp.ClientSession, may_go: Callable[[], bool]) -> Iterator[LastLook]:
    """What this task sends through the session meanwhile goes out only while `may_go`."""
    look = LastLook(may_go)
    if not any(isinstance(one, _Watch) for one in session.trace_configs):
        session.trace_configs.append(_Watch())
    token = _ours.set(look)
    try:
        yield look
    finally:
        _ours.reset(token)


class _Watch(aiohttp.TraceConfig):
    """aiohttp tells of each chunk of a body before it writes it, and of the first before it writes the headers."""

    def __init__(self) -> None:
        super().__init__(trace_config_ctx_factory=_Context)
        self.on_request_chunk_sent.append(_before_a_chunk)
        self.freeze()


class _Context(SimpleNamespace):
    """Of one request: the look of the task that makes it."""

    def __init__(self, **_: Any) -> None:
        super().__init__(look=_ours.get())


async def _before_a_chunk(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _chunk: aiohttp.TraceRequestChunkSentParams
) -> None:
    if context.look is not None:
        context.look.take()
