"""Abreast: work on all that was leased side by side; what fails hinders nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def abreast(work: Callable[[T], Awaitable[None]], items: Iterable[T]) -> None:
    """Finish them all, then raise the first error; what failed stays leased, and is tried again when that ends."""
    outcomes = await asyncio.gather(*map(work, items), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
