"""The sweep's words: what it tells the operators."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.store.kills import Kill

_MOST_NAMES = 20


def recovered(kills: Sequence[Kill]) -> tuple[str, str]:
    """Summary and detail on kills (at least one) that no event told of, the oldest first."""
    count = len(kills)
    what = f"{count:,} kill{'s' if count > 1 else ''}"
    summary = f"Recovered {what} {_span(kills[0].death.died_at, kills[-1].death.died_at)} that never arrived"
    names = Counter(kill.death.group_key.name or kill.death.group_key.cluster for kill in kills)
    listed = [f"{name}: {number:,}" for name, number in names.most_common(_MOST_NAMES)]
    more = len(names) - _MOST_NAMES
    detail = (
        f"{', '.join(listed)}{f' and {more:,} others' if more > 0 else ''}.\n"
        "ECS still knew of them, but their events did not reach OOM Guard. Each is shown in its incident. If OOM Guard "
        "was running then, check the EventBridge rule, the topic's subscription and the topic's or queue's policy."
    )
    return summary, detail


def forbidden(action: str, sentence: str) -> tuple[str, str]:
    """Summary and detail on a permission that the sweep lacks."""
    detail = (
        f"{sentence}\nThe sweep asks ECS for stopped tasks and records kills whose events were lost; without "
        f"{action} it cannot. Allow ecs:ListClusters, ecs:ListTasks and ecs:DescribeTasks, or set SWEEP_MINUTES=0."
    )
    return f"Lost kills cannot be recovered: the role needs {action}", detail


def not_found(names: str) -> tuple[str, str]:
    """Summary and detail on clusters of the settings that do not exist."""
    detail = "They are in none of the regions that are swept. Correct WATCHED_CLUSTERS; give ARNs where names are not enough."
    return f"WATCHED_CLUSTERS names clusters that do not exist: {names}", detail


def _span(first: datetime, last: datetime) -> str:
    """`from 02:10–02:40 UTC`, `at 02:10 UTC`."""
    begin, end = first.astimezone(UTC), last.astimezone(UTC)
    if f"{begin:%H:%M}" == f"{end:%H:%M}":
        return f"at {begin:%H:%M} UTC"
    return f"from {begin:%H:%M}–{end:%H:%M} UTC"
