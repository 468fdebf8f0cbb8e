"""Kept answers: a question that several ask at once is asked once, and its answer kept for a while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")
FOR_GOOD = float("inf")
_TROUBLE_KEPT_S = 10.0  # in a storm, one refusal is enough for all who ask at that moment


@dataclass(slots=True)
class _Entry(Generic[V]):
    task: asyncio.Task[V]
    asked_at: float


class Kept(Generic[V]):
    """Answers by question, the newest `most` of them. For one event loop."""

    def __init__(
        self, keep_s: float, *, most: int = 1000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`keep_s`: seconds that an answer is good for; trouble is kept for ten at most."""
        self._keep_s = keep_s
        self._most = most
        self._clock = clock
        self._entries: OrderedDict[Hashable, _Entry[V]] = OrderedDict()

    async def get(self, question: Hashable, ask: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The answer; raises what `ask` raises. Who stops waiting does not take it away from the others."""
        entry = self._entries.get(question)
        if entry is None or self._is_stale(entry):
            entry = _Entry(asyncio.create_task(ask()), self._clock())
            entry.task.add_done_callback(_seen)
            self._entries[question] = entry
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return await asyncio.shield(entry.task)

    def _is_stale(self, entry: _Entry[V]) -> bool:
        age = self._clock() - entry.asked_at
        if not entry.task.done():
            return False
        failed = entry.task.cancelled() or entry.task.exception() is not None
        return age >= (min(self._keep_s, _TROUBLE_KEPT_S) if failed else self._keep_s)


def _seen(task: asyncio.Task[Any]) -> None:
    """Nobody may be left who waits for it: then its trouble is nobody's, and no news."""
    if not task.cancelled():
        task.exception()
