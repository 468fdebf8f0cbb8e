"""Rules after a kill of a service: by how much others raise a limit, and how OOM Guard does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

from benchmarks.sizing_job_peers import bucket_end
from benchmarks.sizing_seen import aged, percentile
from benchmarks.sizing_traces import EPOCH, Recording
from bot.domain.diagnosis import shape
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing import target
from bot.domain.sizing.calibration import Alike, alike_of

_DAY_S = 86_400
_LOOK_BACK_S = 3 * _DAY_S  # as far as the bot reads at one-minute steps or coarser ones


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill in a recording: at which reading, at which limit, and whether the product would call it a repeat."""

    recording: Recording
    at: int
    limit_mib: float
    is_repeat: bool

    def until(self, span_s: float) -> list[tuple[float, float]]:
        """Pairs of second and MiB of the span before the kill, the kill itself at its limit."""
        step = self.recording.step_s
        first = max(0, self.at - int(span_s / step))
        before = self.recording.mib[first : self.at]
        seen = [((first + i) * float(step), min(mib, self.limit_mib)) for i, mib in enumerate(before)]
        return [*seen, (self.at * float(step), self.limit_mib)]


Rule = Callable[[Kill], float]


class OomGuard:
    """The product's classifier and ladder, as they are."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, float], Shape] = {}  # cases of one recording meet the same kills
        self.took_ms: list[float] = []  # of the classifier alone

    def __call__(self, kill: Kill) -> float:
        """The ladder's middle size, within the four times of one step."""
        steps = target.ladder(kill.limit_mib, self.shape(kill), None, is_repeat=kill.is_repeat)
        if steps is None:
            raise ValueError("a kill with a series has a shape")
        return min(steps.best, 4 * kill.limit_mib)

    def shape(self, kill: Kill) -> Shape:
        """`shape.classify` of the days before the kill."""
        key = (kill.recording.name, kill.at, kill.limit_mib)
        if key not in self._known:
            readings = [Sample(EPOCH + timedelta(seconds=at), mib) for at, mib in kill.until(_LOOK_BACK_S)]
            series = Series(
                samples=tuple(readings),
                step_s=kill.recording.step_s,
                source=SeriesSource.CONTAINER_INSIGHTS,
                of="the recording",
                was_killed=True,
            )
            began = perf_counter()
            self._known[key] = shape.classify(series, kill.limit_mib, now=readings[-1].at)
            self.took_ms.append((perf_counter() - began) * 1000)
        return self._known[key]


def vpa(kill: Kill, *, had_oom: bool = True) -> float:
    """1.15 × the decayed P90 of daily peaks and an OOM sample of 1.2 ×; its floors in MB removed."""
    days: dict[int, tuple[float, float]] = {}
    for at, mib in kill.until(8 * _DAY_S)[: None if had_oom else -1]:
        day = int(at // _DAY_S)
        days[day] = (at, max(mib, days.get(day, (0.0, 0.0))[1]))
    newest, peak = days[max(days)]
    bumped = [(newest, 1.2 * max(peak, kill.limit_mib))] if had_oom else []
    weighed = aged([*days.values(), *bumped], _DAY_S)
    target_mib = 1.15 * percentile([(bucket_end(mib), weight) for mib, weight in weighed], 0.9)
    return max(target_mib, 1.2 * kill.limit_mib) if had_oom else target_mib


def autopilot(kill: Kill) -> float:
    """1.15 × the load-adjusted P98 of a half-life of 48 h: it knows no OOM, so it keeps at least its limit."""
    weighed = [(mib, weight * mib) for mib, weight in aged(kill.until(8 * _DAY_S), 2 * _DAY_S)]
    return max(kill.limit_mib, 1.15 * percentile(weighed, 0.98))


def times(factor: float) -> Rule:
    """The same multiple each time."""
    return lambda kill: factor * kill.limit_mib


GUARD = OomGuard()


def apart(slope: float, burst: float) -> Rule:
    """The product's rule, but with a multiple for slopes and another one for bursts, where both get 2."""
    multiples = {Alike.SLOPE: slope, Alike.BURST: burst}

    def rule(kill: Kill) -> float:
        multiple = None if kill.is_repeat else multiples.get(alike_of(GUARD.shape(kill)))
        return GUARD(kill) if multiple is None else multiple * kill.limit_mib

    return rule


RULES: Mapping[str, Rule] = {
    "Autopilot P98 × 1.15": autopilot,
    "KRR without OOM data: × 1.15": times(1.15),
    "KRR with OOM data, Compute Optimizer as assumed: × 1.25": times(1.25),
    "VPA, no floors": vpa,
    "× 1.5": times(1.5),
    "× 2": times(2.0),
    "**OOM Guard**": GUARD,
    "tried: slopes × 1.5, bursts × 2.25": apart(1.5, 2.25),
    "tried: slopes × 1.75, bursts × 2.25": apart(1.75, 2.25),
    "tried: slopes × 1.5, bursts × 2.5": apart(1.5, 2.5),
}
