"""Lifetimes: what the times of starts and deaths alone tell of how memory grew."""

from collections.abc import Sequence
from statistics import median

from bot.domain.death import Death
from bot.domain.diagnosis import Pattern
from bot.domain.duration import rough
from bot.domain.shape import Shape

FEWEST = 3  # lives that are compared
_EARLY_S = 15 * 60.0
_ALIKE = 0.15  # of the median: how far equal lifetimes may be from it
_TOGETHER_S = 60.0
_DAY_S = 86_400.0
_SAME_HOUR = 0.03  # of a day


def classify(deaths: Sequence[Death]) -> Shape:
    """The shape that times alone suggest, from the deaths of one incident in any order.

    Equal lifetimes: a leak (a whole number of days: the day's rhythm). All early: start-up. Many within a minute:
    load, or the host. A task counts once: containers that ECS restarts in place do not tell when they started.
    """
    lives = _first_of_each_task(deaths)
    rounds = list(_rounds(lives))
    lifetimes = sorted(life.lifetime_s for life in lives if life.lifetime_s is not None)
    if equal := _equal(lifetimes, len(rounds)):
        return equal
    newest = rounds[-1] if rounds else []
    if len(newest) >= FEWEST:
        why = f"{len(newest)} tasks died within a minute: load that hit them all, or their host"
        return Shape(pattern=Pattern.SPIKE, why=why)
    early = [lifetime for lifetime in lifetimes if lifetime < _EARLY_S]
    if early and 3 * len(early) >= 2 * len(lifetimes):
        times = f"{len(early)} of {len(lifetimes)} lives ended" if len(lifetimes) > 1 else "it died"
        why = f"{times} within {rough(early[-1])} of the start"
        return Shape(pattern=Pattern.STARTUP, why=why, lifetime_s=median(early))
    return Shape(pattern=Pattern.UNKNOWN, why=_nothing(lifetimes))


def _first_of_each_task(deaths: Sequence[Death]) -> list[Death]:
    """The first death of each task, oldest first."""
    lives: dict[str, Death] = {}
    for death in sorted(deaths, key=lambda one: one.died_at):
        lives.setdefault(death.task_arn, death)
    return list(lives.values())


def _rounds(lives: Sequence[Death]) -> list[list[Death]]:
    """Deaths that came together: each within a minute of the round's first."""
    rounds: list[list[Death]] = []
    for life in lives:
        if rounds and (life.died_at - rounds[-1][0].died_at).total_seconds() <= _TOGETHER_S:
            rounds[-1].append(life)
        else:
            rounds.append([life])
    return rounds


def _equal(lifetimes: Sequence[float], rounds: int) -> Shape | None:
    """Lives of one length, not all of one round: those that start and end together are equal anyway."""
    if len(lifetimes) < FEWEST or rounds < FEWEST:
        return None
    usual = median(lifetimes)
    if usual < _EARLY_S or lifetimes[-1] - usual > _ALIKE * usual or usual - lifetimes[0] > _ALIKE * usual:
        return None
    days = usual / _DAY_S
    if round(days) >= 1 and abs(days - round(days)) <= _SAME_HOUR:
        why = f"{len(lifetimes)} lives of {rough(usual)} each: it dies at the same time of the day"
        return Shape(pattern=Pattern.DIURNAL, why=why, lifetime_s=usual)
    why = f"{len(lifetimes)} lives of equal length, {rough(usual)} each: it grows all its life"
    return Shape(pattern=Pattern.LEAK, why=why, lifetime_s=usual)


def _nothing(lifetimes: Sequence[float]) -> str:
    if not lifetimes:
        return "no memory samples, and no start time is known"
    if len(lifetimes) < FEWEST:
        return f"no memory samples, and {len(lifetimes)} known lifetime{'s tell' if len(lifetimes) > 1 else ' tells'} no pattern"
    return f"no memory samples, and lifetimes between {rough(lifetimes[0])} and {rough(lifetimes[-1])} tell no pattern"
