"""Woken loops: reconcilers that look as soon as something was committed, and breathe between two looks in vain."""

from collections.abc import Awaitable, Callable

from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop

_IDLE_S = 0.5
_BREATH_S = 0.25
_BEHIND_S = 0.05  # an alert needs about as long
_REST_S, _SHORT_REST_S = 1.0, 0.25

OnePass = Callable[[], Awaitable[bool | float]]


def woken_loop(bench: Bench, name: str, one_pass: OnePass) -> Loop:
    """A loop, not yet started, that commits wake, a moment after those that are prompt: a kill's commit wakes them all."""
    return _loop(bench, name, one_pass, _BREATH_S).going_behind(_BEHIND_S).resting(_rest(bench, _REST_S))


def prompt_loop(
    bench: Bench, name: str, one_pass: OnePass, *, breath_s: float, rest_s: float = _SHORT_REST_S
) -> Loop:
    """Likewise at once. While deliveries crowd at the store, every loop leaves them the processor; this for less long."""
    return _loop(bench, name, one_pass, breath_s).resting(_rest(bench, rest_s))


def _rest(bench: Bench, seconds: float) -> Callable[[], float]:
    return lambda: seconds if bench.db.is_crowded else 0.0


def _loop(bench: Bench, name: str, one_pass: OnePass, breath_s: float) -> Loop:
    loop = Loop(name, one_pass, clock=bench.clock, idle_s=_IDLE_S, breath_s=breath_s)
    bench.db.on_commit(loop.wake)
    return loop
