"""Turns: which of the notices that wait may call Slack now, the most urgent first."""

from collections import Counter
from collections.abc import Callable, Iterable

from bot.domain.incident.notice import Urgency
from bot.reconcile.pace import ALL_POSTS, ANYTHING, LOOKS, UPDATES, Budget, Pace, posts_to
from bot.store.waiting import Waiting

_FOR_ALERTS = ALL_POSTS.burst // 3


def turns(
    waiting: Iterable[Waiting],
    channel_of: Callable[[Waiting], str],
    pace: Pace,
    most: int,
    under_way: Iterable[Waiting] = (),
) -> tuple[list[Waiting], float | None]:
    """Those whose turn it is, `most` at most, and the seconds until the first of the others has one, if any has.

    `waiting` comes most urgent first. A turn is not taken here: what is chosen may turn out to need none. What is
    `under_way` may yet take its turn, or has; until it ends, it counts as if it had not.
    """
    planned: Counter[Budget] = Counter()
    for one in under_way:
        planned.update(_budgets(one, channel_of(one)))
    chosen: list[Waiting] = []
    next_in: float | None = None
    for one in waiting:
        budgets = _budgets(one, channel_of(one))
        wait_s = max(pace.wait_s(budget, planned[budget] + _spared(one, budget)) for budget in budgets)
        if wait_s <= 0 and len(chosen) < most:
            planned.update(budgets)
            chosen.append(one)
        elif next_in is None or wait_s < next_in:
            next_in = wait_s
    return chosen, next_in


def _spared(one: Waiting, budget: Budget) -> int:
    """Turns that a reply leaves for alerts: what belongs into threads would else use up what all may post."""
    is_reply = one.is_posted and one.urgency >= Urgency.REPLIES
    return _FOR_ALERTS if is_reply and budget is ALL_POSTS else 0


def _budgets(one: Waiting, channel: str) -> tuple[Budget, ...]:
    """What showing it will spend, as far as is known before it is looked at."""
    if one.is_posted and one.urgency < Urgency.REPLIES:
        return ANYTHING, UPDATES
    post = (ANYTHING, posts_to(channel), ALL_POSTS)
    return (*post, LOOKS) if one.is_in_doubt else post
