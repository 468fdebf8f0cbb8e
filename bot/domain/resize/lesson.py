"""Lessons: what a finished resize tells of the next one like it."""

from datetime import datetime, timedelta

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.sizing.calibration import Outcome

# Without a kill. Of 112 replayed raises that failed, 36 did within an hour and 111 within a day.
HELD = timedelta(days=1)
_CLIMBS = {
    Pattern.SPIKE: True,
    Pattern.RAMP: True,
    Pattern.LEAK: True,
    Pattern.DIURNAL: False,
    Pattern.STEP: False,
    Pattern.CHRONIC: False,
}


def lesson(resize: Resize, now: datetime) -> Outcome | None:
    """What became of the raise; None where it was none, is not known yet, or nobody knows what grew how.

    It held only once it has been proven and without a kill for a day, however short its watch was; a kill in the days
    after the proof says that it did not. A start-up or something stuck was not seen long enough to say whether it climbed.
    """
    status, pattern = resize.status, resize.spec.pattern
    multiplier = _multiplier(resize)
    was_killed = status.phase is ResizePhase.NOT_ENOUGH or status.kills_since > 0
    if not (was_killed or _has_held(resize, now)) or pattern not in _CLIMBS or multiplier <= 1:
        return None
    return Outcome(pattern=pattern, climbs=_CLIMBS[pattern], multiplier=multiplier, held=not was_killed)


def _has_held(resize: Resize, now: datetime) -> bool:
    """Nothing is known beyond a deployment that brought the old memory back."""
    status = resize.status
    begun, seen_until = status.steady_at or resize.spec.requested_at, status.regressed_at or now
    return status.phase is ResizePhase.PROVEN and seen_until - begun >= HELD


def _multiplier(resize: Resize) -> float:
    """Of the limit that was watched: the container's own, else the task's; 0 where there was none before."""
    plan = resize.spec.plan
    if plan.change is None:
        return 0.0
    own = [
        (one.old_memory_mib, one.new_memory_mib)
        for one in plan.change.containers
        if one.name == plan.container
    ]
    pairs = [*own, plan.change.task_memory_mib]
    return next((new / old for old, new in pairs if old and new), 0.0)
