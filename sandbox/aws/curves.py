"""Curves: how much memory a container wants as it grows older, and how it ends when nobody kills it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Curve:
    """A pattern with its figures in MiB and seconds of life, before runtimes.fitted() has seen options and limit.

    `fatal_line` is what the runtime writes when it gives up by itself (exit `exit_code`) at `gives_up_s`, else at
    `period_s`; a container that the kernel kills writes nothing. At each end of a lap a child process is killed: it
    is `shed_line` that tells, memory begins anew, the container lives on. Memory never passes `ceiling_mib`.
    """

    pattern: str = "steady"
    base_mib: float = 100
    peak_mib: float = 100
    period_s: float = 3600
    fatal_line: str = ""
    exit_code: int = 137
    runtime: str = ""
    live_mib: float = 0
    gives_up_s: float = 0
    lap_s: float = math.inf
    shed_line: str = ""
    ceiling_mib: float = math.inf

    def mib(self, age_s: float, phase: float = 0.0) -> float:
        """Memory wanted at an age; `phase` (0 … 1) makes tasks of one service differ."""
        age_s = age_s % self.lap_s if self.lap_s < math.inf else age_s
        waver = 1 + 0.02 * math.sin(age_s / 97 + phase * 2 * math.pi)
        return min(_PATTERNS[self.pattern](self, age_s) * waver, self.ceiling_mib)

    def gives_up(self, age_s: float) -> bool:
        """Whether the runtime itself has ended the process by now."""
        return bool(self.fatal_line) and age_s >= (self.gives_up_s or self.period_s)

    def is_done(self, age_s: float) -> bool:
        """Whether the work is finished by now; only jobs ever finish."""
        return self.pattern == "cron" and age_s >= self.period_s

    def sheds(self, before_s: float, age_s: float) -> bool:
        """Whether a child process was killed between two ages."""
        return self.lap_s < math.inf and age_s // self.lap_s > before_s // self.lap_s

    def with_input(self, factor: float) -> "Curve":
        """The curve of a job for that many times its usual input."""
        return replace(self, peak_mib=self.peak_mib * factor) if self.pattern == "cron" else self


def _spike(curve: Curve, age_s: float) -> float:
    """A minute at the peak at the end of each period."""
    return curve.peak_mib if age_s % curve.period_s >= curve.period_s - 60 else curve.base_mib


def _ramp(curve: Curve, age_s: float) -> float:
    """From base to peak within a period, and on at the same rate."""
    return curve.base_mib + (curve.peak_mib - curve.base_mib) * age_s / curve.period_s


def _plateau(curve: Curve, age_s: float) -> float:
    """From base to peak within a period, and then no more."""
    return _ramp(curve, min(age_s, curve.period_s))


def _start_up(curve: Curve, age_s: float) -> float:
    """The peak in the first 20 s, then the base."""
    return curve.peak_mib if age_s < 20 else curve.base_mib


def _heap(curve: Curve, age_s: float) -> float:
    """A heap that is filled up to its own ceiling, which is the peak."""
    return curve.peak_mib - (curve.peak_mib - curve.base_mib) * math.exp(-3 * age_s / curve.period_s)


_PATTERNS: Mapping[str, Callable[[Curve, float], float]] = {
    "steady": lambda curve, _: curve.base_mib,
    "spike": _spike,
    "leak": _ramp,
    "plateau": _plateau,
    "start-up": _start_up,
    "jvm": _heap,
    "threads": _ramp,
    "cron": _ramp,
}
