"""Lifetimes: what the times of starts and deaths alone tell of how memory grew."""

from collections.abc import Sequence
from statistics import median

from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.kills.death import Death
from bot.domain.telling.language import count, say

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
        why = say("{n} tasks died within a minute: load that hit them all, or their host", n=len(newest))
        return Shape(pattern=Pattern.SPIKE, why=why)
    early = [lifetime for lifetime in lifetimes if lifetime < _EARLY_S]
    if early and 3 * len(early) >= 2 * len(lifetimes):
        return Shape(pattern=Pattern.STARTUP, why=_early(early, lifetimes), lifetime_s=median(early))
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
    days, lives, span = usual / _DAY_S, len(lifetimes), rough(usual)
    if round(days) >= 1 and abs(days - round(days)) <= _SAME_HOUR:
        why = say("{n} lives of {span} each: it dies at the same time of the day", n=lives, span=span)
        return Shape(pattern=Pattern.DIURNAL, why=why, lifetime_s=usual)
    why = say("{n} lives of equal length, {span} each: it grows all its life", n=lives, span=span)
    return Shape(pattern=Pattern.LEAK, why=why, lifetime_s=usual)


def _early(early: Sequence[float], lifetimes: Sequence[float]) -> str:
    span = rough(early[-1])
    if len(lifetimes) == 1:
        return say("it died within {span} of the start", span=span)
    return say(
        "{early} of {all} lives ended within {span} of the start",
        early=len(early),
        all=len(lifetimes),
        span=span,
    )


def _nothing(lifetimes: Sequence[float]) -> str:
    if not lifetimes:
        return say("no memory samples, and no start time is known")
    if len(lifetimes) < FEWEST:
        return count(
            len(lifetimes),
            "no memory samples, and {n} known lifetime tells no pattern",
            "no memory samples, and {n} known lifetimes tell no pattern",
        )
    return say(
        "no memory samples, and lifetimes between {shortest} and {longest} tell no pattern",
        shortest=rough(lifetimes[0]),
        longest=rough(lifetimes[-1]),
    )
