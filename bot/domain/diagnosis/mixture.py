"""Mixtures: kills of one incident that did not end alike: which of them is examined, and that others differ."""

from collections.abc import Sequence

from bot.domain.kills.death import Death
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas


def gravest_first(deaths: Sequence[Death]) -> tuple[Death, ...]:
    """The newest of the gravest verdict, which the alert's title tells, and then the others in their order.

    A bare 137 after a kill that ECS told would otherwise have the alert say "ran out of memory" and "not proven" at
    once. `deaths` are newest first; () stays ().
    """
    if not deaths:
        return ()
    examined = min(range(len(deaths)), key=lambda number: deaths[number].verdict.severity)
    return deaths[examined], *deaths[:examined], *deaths[examined + 1 :]


def unlike(deaths: Sequence[Death]) -> str:
    """That others ended with other exit codes than the first, which is the one examined; "" where none did."""
    code = deaths[0].exit_code if deaths else None
    others = sorted({one.exit_code for one in deaths if one.exit_code is not None} - {code})
    if code is None or not others:
        return ""
    return say(
        "Its kills did not end alike: the diagnosis is of one with exit code {code}, others ended with {others}.",
        code=code,
        others=commas(str(other) for other in others),
    )
