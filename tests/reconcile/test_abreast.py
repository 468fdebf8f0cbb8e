"""Abreast: one that fails hinders no other, and is not kept quiet."""

import asyncio

import pytest

from bot.reconcile.abreast import abreast


async def test_all_are_finished_before_an_error_is_raised() -> None:
    finished: list[int] = []

    async def work(number: int) -> None:
        if number == 2:
            raise ValueError(number)
        await asyncio.sleep(0)
        finished.append(number)

    with pytest.raises(ValueError, match="2"):
        await abreast(work, [1, 2, 3])
    assert finished == [1, 3]


async def test_a_slow_one_does_not_keep_the_next_waiting() -> None:
    second = asyncio.Event()

    async def work(number: int) -> None:
        if number == 1:
            await second.wait()
        else:
            second.set()

    async with asyncio.timeout(60):
        await abreast(work, [1, 2])
