"""Turns: who may call Slack now, as a table."""

import pytest

from bot.domain.incident.notice import Urgency
from bot.reconcile.pace import ALL_POSTS, ANYTHING, Pace, posts_to
from bot.reconcile.turns import turns
from bot.store.waiting import Waiting


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
    pace = Pace(monotonic=lambda: 1000.0)
    found, wait_s = turns(waiting, lambda one: one.channel, pace, most)
    assert [one.id for one in found] == chosen
    assert wait_s == (None if next_in is None else pytest.approx(next_in))


def test_what_is_under_way_counts_until_it_ends() -> None:
    pace = Pace(monotonic=lambda: 1000.0)
    found, wait_s = turns([waits(1), waits(2, "C2")], lambda one: one.channel, pace, 20, [waits(3)])
    assert ([one.id for one in found], wait_s) == ([2], 1.0)


def test_nothing_has_a_turn_while_slack_rests() -> None:
    pace = Pace(monotonic=lambda: 1000.0)
    pace.hold(ANYTHING, 30)
    assert turns([waits(1), waits(2, urgency=COUNTER)], lambda one: one.channel, pace, 20) == ([], 30.0)


async def test_replies_leave_what_all_may_post_to_alerts() -> None:
    pace = Pace(monotonic=lambda: 1000.0)
    for number in range(ALL_POSTS.burst * 3 // 4):
        await pace.turn(posts_to(f"C{number}"), ALL_POSTS)
    found, wait_s = turns([waits(1), waits(2, "C2", urgency=REPLY)], lambda one: f"D{one.id}", pace, 20)
    assert [one.id for one in found] == [1]
    assert wait_s == pytest.approx(ALL_POSTS.interval_s * 7)
