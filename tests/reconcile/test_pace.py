"""Pace: a turn comes as soon as Slack's rates allow it, and no sooner."""

from dataclasses import dataclass, field

import pytest

from bot.reconcile.pace import ALL_POSTS, ANYTHING, LOOKS, UPDATES, Budget, Pace, posts_to
from bot.slack.posting import RateLimited


@dataclass
class Clock:
    """Seconds, moved on by sleeping."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.mark.parametrize(
    "budget", [posts_to("C1"), ALL_POSTS, UPDATES, LOOKS], ids=lambda budget: budget.name
)
async def test_no_minute_sees_more_than_slack_allows(budget: Budget) -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    at = []
    for _ in range(700):
        await pace.turn(budget)
        at.append(clock.now)
    allowed = {"chat.postMessage": 300, "chat.postMessage C1": 61}.get(budget.name, 50)
    for first in range(0, len(at), 7):
        assert sum(at[first] <= one < at[first] + 60 for one in at) <= allowed


async def test_a_hold_is_exact_and_its_own() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    pace.hold(posts_to("C1"), 40)
    pace.hold(UPDATES, 7)
    waits = [pace.wait_s(budget) for budget in (posts_to("C1"), posts_to("C2"), UPDATES)]
    assert waits == pytest.approx([40, 0, 7])
    with pytest.raises(RateLimited) as caught:
        await pace.turn(posts_to("C1"), ALL_POSTS)
    assert caught.value.retry_after_s == 40
    assert pace.wait_s(ALL_POSTS) == 0


async def test_what_comes_after_a_rest_need_not_wait_and_what_follows_does() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    for _ in range(UPDATES.burst + 2):
        await pace.turn(UPDATES)
    assert clock.slept == pytest.approx([UPDATES.interval_s] * 2)
    clock.now += 60
    assert pace.wait_s(UPDATES, ahead=UPDATES.burst - 1) == 0
    assert pace.wait_s(UPDATES, ahead=UPDATES.burst) == pytest.approx(UPDATES.interval_s)


async def test_a_turn_of_several_budgets_is_as_late_as_the_last_of_them() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    pace.hold(ALL_POSTS, 3)
    await pace.turn(posts_to("C1"), ALL_POSTS)
    assert clock.slept == pytest.approx([3])


async def test_a_turn_is_waited_for_no_longer_than_a_pass_may_take() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    pace.hold(ANYTHING, 6)
    with pytest.raises(RateLimited) as caught:
        await pace.turn(UPDATES)
    assert (caught.value.retry_after_s, clock.slept) == (6, [])
    clock.now += 2
    await pace.turn(UPDATES)
    assert clock.slept == [4]
