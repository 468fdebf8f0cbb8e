"""Peers on jobs: how others would size the next run, written from their descriptions."""

import math
from collections.abc import Sequence

from benchmarks.sizing_seen import Seen, aged, percentile

_MB = 1e6 / 2**20  # MiB
_HOUR_S = 3600.0


def bucket_end(mib: float) -> float:
    """VPA's histogram: buckets that grow by 5 %, the first of 10 MB; a value counts as its bucket's end."""
    first, growth = 10 * _MB, 1.05
    index = math.floor(math.log(mib * (growth - 1) / first + 1, growth) + 1e-9)
    return first * (growth ** (index + 1) - 1) / (growth - 1)


class Requested:
    """What the job's author asked for; twice that after a kill."""

    name = "request in the trace"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:  # noqa: ARG002 -- the interface
        """The request."""
        return requested_mib

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:  # noqa: ARG002 -- the interface
        """Double."""
        return 2 * limit_mib


class WittPercentile:
    """Witt et al.: the 95th percentile of earlier peaks, doubled at each kill."""

    name = "Witt P95, doubled"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """P95 of the runs that ended well."""
        peaks = [(one.mib, 1.0) for one in seen if not one.was_killed]
        return percentile(peaks, 0.95) if peaks else requested_mib

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:  # noqa: ARG002 -- the interface
        """Double."""
        return 2 * limit_mib


class Tovar:
    """Tovar et al.: the observed peak with the least expected allocation as first; then the maximum; then double."""

    name = "Tovar"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """The a that makes a + P(peak > a) · max smallest."""
        peaks = sorted(one.mib for one in seen if not one.was_killed)
        if not peaks:
            return requested_mib
        above = (
            (peak + (len(peaks) - index - 1) / len(peaks) * peaks[-1], peak)
            for index, peak in enumerate(peaks)
        )
        return min(above)[1]

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """The largest peak seen; beyond it double, where Tovar takes the whole node."""
        most = max((one.mib for one in seen if not one.was_killed), default=0.0)
        return most if most > limit_mib else 2 * limit_mib


class Vpa:
    """Kubernetes VPA: 1.15 × the decayed 90th percentile of peaks, 250 MB at least; an OOM is a sample of 1.2 ×."""

    name = "VPA"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """The target."""
        if not seen:
            return requested_mib
        samples = [(one.at_s, _vpa_sample(one)) for one in seen]
        target = 1.15 * percentile(
            [(bucket_end(mib), weight) for mib, weight in aged(samples, 24 * _HOUR_S)], 0.9
        )
        return max(250 * _MB, target)

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """The new target, and its own OOM sample at least, lest it tried the same again for hours."""
        return max(self.first(seen, limit_mib), _vpa_sample(seen[-1]))


def _vpa_sample(one: Seen) -> float:
    return max(one.mib + 100, 1.2 * one.mib) if one.was_killed else one.mib


class Autopilot:
    """Google Autopilot's moving window, half-life 48 h: the 98th percentile or the maximum, and 15 %."""

    def __init__(self, which: str) -> None:
        self.name = f"Autopilot {which} × 1.15"
        self._share = 1.0 if which == "max" else int(which) / 100

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """The statistic with its margin."""
        if not seen:
            return requested_mib
        samples = [(one.at_s, one.mib) for one in seen]
        # Load-adjusted: what is large weighs by its size.
        weighed = [(mib, weight * mib) for mib, weight in aged(samples, 48 * _HOUR_S)]
        return 1.15 * percentile(weighed, self._share)

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """The new recommendation, and more than what was too little."""
        return max(self.first(seen, limit_mib), 1.15 * limit_mib)


class ComputeOptimizer:
    """A stand-in for AWS Compute Optimizer, whose formula is unpublished: the maximum at 80 % utilization."""

    name = "Compute Optimizer, assumed: max / 0.8"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """The largest of 14 days with 20 % headroom."""
        recent = [one.mib for one in seen if one.at_s >= seen[-1].at_s - 14 * 24 * _HOUR_S]
        return max(recent) / 0.8 if recent else requested_mib

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """Utilization never shows more than 100 %."""
        return max(self.first(seen, limit_mib), limit_mib / 0.8)


class KrrWithKills:
    """Robusta KRR with OOM data: 1.15 × the maximum, 1.25 × the largest limit at an OOM."""

    name = "KRR with OOM data"

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """Either, whichever is larger."""
        used = max((one.mib for one in seen if not one.was_killed), default=0.0)
        killed = max((one.mib for one in seen if one.was_killed), default=0.0)
        return max(1.15 * used, 1.25 * killed) or requested_mib

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """A quarter more."""
        return max(self.first(seen, limit_mib), 1.25 * limit_mib)
