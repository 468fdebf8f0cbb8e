"""Kept answers: asked once, forgotten in time, and no trouble keeps alive what it came through."""

import asyncio
import gc
import weakref
from dataclasses import dataclass, field

import pytest

from bot.aws.evidence.kept import Kept
from bot.aws.trouble import Forbidden, Rejected, Unreachable


@dataclass
class Shelf:
    """Kept answers on a clock of their own, and how often was really asked."""

    now: float = 0.0
    asked: int = 0
    kept: Kept[int] = field(init=False)

    def __post_init__(self) -> None:
        """Answers are good for a minute."""
        self.kept = Kept(60.0, most=3, clock=lambda: self.now)

    async def _answer(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return self.asked

    async def get(self, question: str = "q") -> int:
        return await self.kept.get(question, self._answer)


async def test_many_at_once_ask_once_until_the_answer_is_old() -> None:
    shelf = Shelf()
    assert await asyncio.gather(*(shelf.get() for _ in range(5))) == [1] * 5
    shelf.now = 59
    assert await shelf.get() == 1
    shelf.now = 61
    assert await shelf.get() == 2


async def test_no_more_than_may_be_and_none_that_is_old_are_kept() -> None:
    shelf = Shelf()
    for question in "abcde":
        await shelf.get(question)
    assert len(shelf.kept) == 3
    shelf.now = 61
    await shelf.get("f")
    assert len(shelf.kept) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Forbidden("ecs:DescribeTasks"), id="forbidden"),
        pytest.param(Rejected("ValidationError", "no such stack"), id="rejected"),
        pytest.param(Unreachable("no answer"), id="unreachable"),
    ],
)
async def test_trouble_is_raised_to_all_as_it_was_but_its_frames_are_let_go(trouble: Exception) -> None:
    class Answer:
        """A large one."""

    answers: list[weakref.ref[Answer]] = []

    async def ask() -> int:
        whole = Answer()
        answers.append(weakref.ref(whole))
        raise trouble from KeyError(whole)

    kept: Kept[int] = Kept(60.0)
    for _ in range(3):
        with pytest.raises(type(trouble)) as caught:
            await kept.get("q", ask)
        assert (str(caught.value), vars(caught.value)) == (str(trouble), vars(trouble))
        del caught
    gc.collect()
    assert [answer() for answer in answers] == [None]


async def test_trouble_is_forgotten_sooner() -> None:
    moments, asked = [0.0], 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        raise Unreachable("no answer")

    kept: Kept[int] = Kept(60.0, clock=lambda: moments[-1])
    for moment in (0.0, 9.0, 11.0):
        moments.append(moment)
        with pytest.raises(Unreachable):
            await kept.get("q", ask)
    assert asked == 2
