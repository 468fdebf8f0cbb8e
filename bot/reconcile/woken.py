"""Woken loops: reconcilers that look as soon as something was committed, and breathe between two looks in vain."""

from collections.abc import Awaitable, Callable

from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop

_IDLE_S = 0.5
_BREATH_S = 0.25
_REST_S = 1.0

OnePass = Callable[[], Awaitable[bool | float]]


def woken_loop(bench: Bench, name: str, one_pass: OnePass, *, breath_s: float = _BREATH_S) -> Loop:
    """A loop, not yet started, that commits wake. While deliveries crowd at the store, it leaves them the processor."""

    def rest_s() -> float:
        return _REST_S if bench.db.is_crowded else 0.0

    loop = Loop(name, one_pass, clock=bench.clock, idle_s=_IDLE_S, breath_s=breath_s).resting(rest_s)
    bench.db.on_commit(loop.wake)
    return loop
