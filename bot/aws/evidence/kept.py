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


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What was raised, without the frames that it came through: they would keep whole answers of AWS alive."""

    error: Exception

    def again(self) -> Exception:
        """A twin to be raised, as the next one's frames are not for keeping either; made without its `__init__`."""
        kind = type(self.error)
        twin = kind.__new__(kind, *self.error.args)
        vars(twin).update(vars(self.error))
        return twin


@dataclass(slots=True)
class _Entry(Generic[V]):
    task: asyncio.Task[V | _Trouble]
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

    def __len__(self) -> int:
        """How many answers are kept now."""
        return len(self._entries)

    async def get(self, question: Hashable, ask: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The answer; raises what `ask` raises. Who stops waiting does not take it away from the others."""
        entry = self._entries.get(question)
        if entry is None or self._is_stale(entry):
            self._make_room()
            entry = self._entries[question] = _Entry(asyncio.create_task(_settled(ask)), self._clock())
            self._entries.move_to_end(question)
        answer = await asyncio.shield(entry.task)
        if isinstance(answer, _Trouble):
            raise answer.again()
        return answer

    def _make_room(self) -> None:
        """The oldest stand first: those that are stale go, and one more where there are too many."""
        for question in [*self._entries]:
            if not self._is_stale(self._entries[question]):
                break
            del self._entries[question]
        while len(self._entries) >= self._most:
            self._entries.popitem(last=False)

    def _is_stale(self, entry: _Entry[V]) -> bool:
        age = self._clock() - entry.asked_at
        if not entry.task.done():
            return False
        failed = entry.task.cancelled() or isinstance(entry.task.result(), _Trouble)
        return age >= (min(self._keep_s, _TROUBLE_KEPT_S) if failed else self._keep_s)


async def _settled(ask: Callable[[], Coroutine[Any, Any, V]]) -> V | _Trouble:
    try:
        return await ask()
    except Exception as error:  # noqa: BLE001 -- whoever asked gets it raised again
        error.__cause__ = error.__context__ = None
        return _Trouble(error.with_traceback(None))
