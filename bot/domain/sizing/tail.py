"""Tails: how far beyond the largest peak so far the next one may go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.diagnosis.series import LEAST_USE_MIB, MOST_USE_MIB

LEAST_CLAIM = 1 / 2000  # deeper predictions proved optimistic (observed 4e-4 where below 1e-4 was predicted)
_TOP = 0.4  # of the peaks make the tail
_PRIOR, _PRIOR_WEIGHT = 0.10, 3.0  # the tail index before anything was seen, worth so many exceedances
_FLOOR = 1.05  # headroom over the record, however long the history


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest use of one run, or of one stretch of a service's life. A kill is censored: it wanted more."""

    mib: float
    is_censored: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """What the peaks say of the next one: how many there were, the record (MiB), the tail index."""

    peaks: tuple[float, ...]  # ascending
    gamma: float

    @property
    def record_mib(self) -> float:
        """The largest peak."""
        return self.peaks[-1]

    @property
    def roomy_mib(self) -> float:
        """The least size, MiB, for it however long the history: the record and 5 %."""
        return _FLOOR * self.record_mib

    def exceeds(self, mib: float) -> float:
        """Probability that the next peak is above `mib`; never below one in 2,000, whatever was seen."""
        if mib >= self.record_mib:
            beyond = math.pow(mib / self.record_mib, -1 / self.gamma) / (len(self.peaks) + 1)
        else:
            beyond = (sum(peak > mib for peak in self.peaks) + 1) / (len(self.peaks) + 1)
        return max(LEAST_CLAIM, min(1.0, beyond))

    def keep(self, risk: float) -> float:
        """The size, MiB, that the next peak passes with that probability, and never tighter than 5 %."""
        seen = (len(self.peaks) + 1) * risk
        return self.record_mib * max(_FLOOR, math.pow(seen, -self.gamma))

    def raised(self, limit_mib: float, risk: float) -> float:
        """The size, MiB, after a kill at `limit_mib`: what a kill there will want above it, but for that risk."""
        return limit_mib * math.pow(risk, -self.gamma)


def fit(peaks: Sequence[Peak]) -> Tail | None:
    """A Hill estimate of the tail, censored peaks adding length but no count, shrunk to a prior; None without peaks.

    gamma = (a·g0 + Σ ln(x/u)) / (a + exceedances that are no kills); u is the smallest of the top 40 %.
    """
    sane = sorted((one for one in peaks if LEAST_USE_MIB <= one.mib <= MOST_USE_MIB), key=lambda one: one.mib)
    if not sane:
        return None
    top = sane[-max(1, math.ceil(_TOP * len(sane))) :]
    threshold = top[0].mib
    length = math.fsum(math.log(one.mib / threshold) for one in top)
    count = sum(not one.is_censored for one in top[1:])
    gamma = (_PRIOR_WEIGHT * _PRIOR + length) / (_PRIOR_WEIGHT + count)
    return Tail(tuple(one.mib for one in sane), gamma)
