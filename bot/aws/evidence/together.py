"""Together: what several investigations ask of one log group at the same moment becomes one query."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")
MOST = 16  # of one query: its rows are bounded
_AT_ONCE = 2  # queries of one place: who comes meanwhile goes together

Seal = Callable[[], Sequence[Q]]


@dataclass(slots=True, eq=False)
class _Party(Generic[Q, A]):
    questions: dict[Q, None] = field(default_factory=dict)
    answers: "asyncio.Task[A] | None" = None


class Together(Generic[Q, A]):
    """Gathers questions until their query begins. For one event loop."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiting: dict[Hashable, _Party[Q, A]] = {}
        self._lanes: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    async def ask(self, place: Hashable, question: Q, run: Callable[[Seal[Q]], Awaitable[A]]) -> A:
        """The answers to all questions that went together; raises what `run` raises.

        `run` calls what it is given when its turn has come: that ends the gathering, and tells the questions. Who
        stops waiting does not take the answer away from the others.
        """
        party = self._waiting.get(place)
        if party is None or party.answers is None or len(party.questions) >= MOST:
            party = self._waiting[place] = _Party()
            party.answers = asyncio.create_task(self._run(place, party, run))
            party.answers.add_done_callback(_seen)
        party.questions[question] = None
        return await asyncio.shield(party.answers)

    async def _run(self, place: Hashable, party: _Party[Q, A], run: Callable[[Seal[Q]], Awaitable[A]]) -> A:
        lane = self._lanes.setdefault(place, asyncio.Semaphore(_AT_ONCE))
        try:
            async with lane:
                return await run(lambda: self._seal(place, party))
        finally:
            self._seal(place, party)

    def _seal(self, place: Hashable, party: _Party[Q, A]) -> Sequence[Q]:
        if self._waiting.get(place) is party:
            del self._waiting[place]
        return tuple(party.questions)


def _seen(task: "asyncio.Task[Any]") -> None:
    """Nobody may be left who waits for it: then its trouble is nobody's, and no news."""
    if not task.cancelled():
        task.exception()
