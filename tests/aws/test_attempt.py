"""What a question to AWS may come to: what it brought, or one of the ways in which it brought nothing."""

import asyncio

import pytest

from bot.aws.attempt import Miss, attempt
from bot.aws.calls import Forbidden, Rejected, Unreachable

LATE = TimeoutError("of somebody's own")
ODD = KeyError("memory")


async def raising(error: Exception) -> str:
    raise error


@pytest.mark.parametrize(
    ("error", "limit_s", "miss"),
    [
        pytest.param(
            Forbidden("ecs:DescribeTasks"),
            8,
            Miss("not allowed: the role needs ecs:DescribeTasks", permission="ecs:DescribeTasks"),
            id="a permission lacks, and asking again gives nobody one",
        ),
        pytest.param(
            Unreachable("down"), 8, Miss("down", may_pass=True), id="AWS is away, and may be back soon"
        ),
        pytest.param(Rejected("Odd", "no"), 8, Miss(str(Rejected("Odd", "no"))), id="AWS says no"),
        pytest.param(ODD, 8, Miss("AWS's answer was not understood", puzzle=ODD), id="a field is not there"),
        pytest.param(
            LATE,
            None,
            Miss("AWS's answer was not understood", puzzle=LATE),
            id="work that keeps limits of its own breaks them",
        ),
    ],
)
async def test_a_miss_says_why(error: Exception, limit_s: float | None, miss: Miss) -> None:
    assert await attempt(raising(error), limit_s) == miss


async def test_what_takes_too_long_may_come_later() -> None:
    told = Miss("AWS did not answer within 0.01 s", may_pass=True)
    assert await attempt(asyncio.Event().wait(), 0.01) == told


@pytest.mark.parametrize(
    "limit_s", [pytest.param(8, id="within a limit"), pytest.param(None, id="of its own")]
)
async def test_what_comes_is_brought(limit_s: float | None) -> None:
    assert await attempt(asyncio.sleep(0, "found"), limit_s) == "found"
