"""Curves: how much memory a container wants as it grows older."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Curve:
    """A pattern with its figures in MiB and seconds of life.

    `fatal_line` is what the runtime writes when it gives up by itself at `period_s` (exit `exit_code`);
    a container that the kernel kills writes nothing.
    """

    pattern: str = "steady"
    base_mib: float = 100
    peak_mib: float = 100
    period_s: float = 3600
    fatal_line: str = ""
    exit_code: int = 137

    def mib(self, age_s: float, phase: float = 0.0) -> float:
        """Memory wanted at an age; `phase` (0 … 1) makes tasks of one service differ."""
        waver = 1 + 0.02 * math.sin(age_s / 97 + phase * 2 * math.pi)
        return _PATTERNS[self.pattern](self, age_s) * waver

    def with_heap(self, java_options: str) -> "Curve":
        """A JVM's curve for what its options say: -Xmx, a tenth more, and 90 MiB beside the heap."""
        match = re.search(r"-Xmx(\d+)([mg])", java_options, re.IGNORECASE)
        if self.pattern != "jvm" or match is None:
            return self
        heap_mib = int(match[1]) * (1024 if match[2] in "gG" else 1)
        return replace(self, peak_mib=1.1 * heap_mib + 90)

    def gives_up(self, age_s: float) -> bool:
        """Whether the runtime itself has ended the process by now."""
        return bool(self.fatal_line) and age_s >= self.period_s


def _spike(curve: Curve, age_s: float) -> float:
    """A minute at the peak at the end of each period."""
    return curve.peak_mib if age_s % curve.period_s > curve.period_s - 60 else curve.base_mib


def _ramp(curve: Curve, age_s: float) -> float:
    """From base to peak within a period, and on at the same rate."""
    return curve.base_mib + (curve.peak_mib - curve.base_mib) * age_s / curve.period_s


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
    "start-up": _start_up,
    "jvm": _heap,
    "threads": _ramp,
    "cron": _ramp,
}
