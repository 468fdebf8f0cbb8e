"""Woken loops: reconcilers that look as soon as something was committed, and breathe between two looks in vain."""

from collections.abc import Awaitable, Callable

from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop

_IDLE_S = 0.5
_BREATH_S = 0.25
_BEHIND_S = 0.05  # an alert needs about as long
_REST_S = 1.0

OnePass = Callable[[], Awaitable[bool | float]]


def woken_loop(bench: Bench, name: str, one_pass: OnePass) -> Loop:
    """A loop, not yet started, that commits wake, a moment after those that are prompt: a kill's commit wakes them all."""
    return prompt_loop(bench, name, one_pass, breath_s=_BREATH_S).going_behind(_BEHIND_S)


def prompt_loop(bench: Bench, name: str, one_pass: OnePass, *, breath_s: float) -> Loop:
    """Likewise at once. While deliveries crowd at the store, every loop leaves them the processor."""

    def rest_s() -> float:
        return _REST_S if bench.db.is_crowded else 0.0

    loop = Loop(name, one_pass, clock=bench.clock, idle_s=_IDLE_S, breath_s=breath_s).resting(rest_s)
    bench.db.on_commit(loop.wake)
    return loop
