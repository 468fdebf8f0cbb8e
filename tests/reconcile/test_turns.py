"""Turns and pace: who may call Slack now, as a table, and that no budget is ever overdrawn."""

from dataclasses import dataclass

import pytest

from bot.domain.notice import Urgency
from bot.reconcile.pace import ALL_POSTS, ANYTHING, LOOKS, UPDATES, Budget, Pace, posts_to
from bot.reconcile.turns import turns
from bot.slack.posting import RateLimited
from bot.store.waiting import Waiting


@dataclass
class Clock:
    """Seconds, moved on by sleeping."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def waits(
    number: int, channel: str = "C1", *, urgency: Urgency = Urgency.NEW, doubt: bool = False
) -> Waiting:
    return Waiting(
        id=number,
        urgency=urgency,
        channel=channel,
        is_posted=urgency is not Urgency.NEW,
        is_in_doubt=doubt,
        waiting_since=None,
        posted_at=None,
        reopened_at=None,
        swept_at=None,
        is_folded=False,
        group_key=None,
    )


REPLY, COUNTER = Urgency.REPLIES, Urgency.COUNTER


@pytest.mark.parametrize(
    ("waiting", "most", "chosen", "next_in"),
    [
        pytest.param([], 20, [], None, id="nothing waits"),
        pytest.param([waits(1), waits(2), waits(3, "C2")], 20, [1, 3], 1.0, id="one root a channel"),
        pytest.param([waits(1), waits(2, urgency=REPLY)], 20, [1], 1.0, id="a root before a reply"),
        pytest.param([waits(1), waits(2, urgency=COUNTER)], 20, [1, 2], None, id="an update beside a root"),
        pytest.param(
            [waits(number, urgency=COUNTER) for number in range(9)], 20, [0, 1, 2, 3, 4], 60 / 45, id="a few updates"
        ),
        pytest.param([waits(1), waits(2, "C2")], 1, [1], 0.0, id="one at a time while Slack is away"),
        pytest.param(
            [waits(number, f"C{number}", doubt=True) for number in range(6)], 20, [0, 1, 2, 3, 4], 60 / 45,
            id="looking for own messages has its budget, too",
        ),
    ],
)  # fmt: skip
def test_turns(waiting: list[Waiting], most: int, chosen: list[int], next_in: float | None) -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    found, wait_s = turns(waiting, lambda one: one.channel, pace, most)
    assert [one.id for one in found] == chosen
    assert wait_s == (None if next_in is None else pytest.approx(next_in))


def test_nothing_has_a_turn_while_slack_rests() -> None:
    clock = Clock()
    pace = Pace(monotonic=clock.monotonic, sleep=clock.sleep)
    pace.hold(ANYTHING, 30)
    assert turns([waits(1), waits(2, urgency=COUNTER)], lambda one: one.channel, pace, 20) == ([], 30.0)


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
