"""The sweep's words: what it tells the operators."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC

from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.store.kills import Kill

_MOST_NAMES = 20


def recovered(kills: Sequence[Kill]) -> tuple[str, str]:
    """Summary and detail on kills (at least one) that no event told of, the oldest first."""
    names = Counter(kill.death.group_key.name or kill.death.group_key.cluster for kill in kills)
    told = commas(f"{name}: {number:,}" for name, number in names.most_common(_MOST_NAMES))
    if (more := len(names) - _MOST_NAMES) > 0:
        told = count(more, "{list} and {n} others", "{list} and {n} others", list=told)
    advice = say(
        "ECS still knew of them, but their events did not reach OOM Guard. Each is shown in its incident. If OOM Guard was running then, check the EventBridge rule, the topic's subscription and the topic's or queue's policy."
    )
    return _summary(kills), f"{say('{sentence}.', sentence=told)}\n{advice}"


def forbidden(action: str, sentence: str) -> tuple[str, str]:
    """Summary and detail on a permission that the sweep lacks."""
    advice = say(
        "The sweep asks ECS for stopped tasks and records kills whose events were lost; without {action} it cannot. Allow ecs:ListClusters, ecs:ListTasks and ecs:DescribeTasks, or set SWEEP_MINUTES=0.",
        action=action,
    )
    summary = say("Lost kills cannot be recovered: the role needs {action}", action=action)
    return summary, f"{sentence}\n{advice}"


def not_found(names: Iterable[str]) -> tuple[str, str]:
    """Summary and detail on clusters of the settings that do not exist."""
    detail = say(
        "They are in none of the regions that are swept. Correct WATCHED_CLUSTERS; give ARNs where names are not enough."
    )
    return say("WATCHED_CLUSTERS names clusters that do not exist: {names}", names=commas(names)), detail


def _summary(kills: Sequence[Kill]) -> str:
    """How many, and when: `from 02:10–02:40 UTC`, `at 02:10 UTC`."""
    begin, end = (f"{one.death.died_at.astimezone(UTC):%H:%M}" for one in (kills[0], kills[-1]))
    if begin == end:
        return count(
            len(kills),
            "Recovered {n} kill at {time} UTC that never arrived",
            "Recovered {n} kills at {time} UTC that never arrived",
            time=begin,
        )
    return count(
        len(kills),
        "Recovered {n} kill from {begin}–{end} UTC that never arrived",
        "Recovered {n} kills from {begin}–{end} UTC that never arrived",
        begin=begin,
        end=end,
    )
