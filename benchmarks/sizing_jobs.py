"""Sizing of jobs: every run of recorded jobs is given memory by what was seen before it, by us and by others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.plan import Plan
from benchmarks.sizing_job_peers import (
    Autopilot,
    ComputeOptimizer,
    KrrWithKills,
    Requested,
    Tovar,
    Vpa,
    WittPercentile,
)
from benchmarks.sizing_seen import Seen
from benchmarks.sizing_traces import Run, absent, jobs, part
from benchmarks.table import Table
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing import tail, target
from bot.domain.sizing.tail import Peak, Tail

_GIB_HOUR = 1024 * 3600
_MOST_TRIES = 30  # then the run is given what it needs
_NO_SERIES = Shape(pattern=Pattern.UNKNOWN, why="no series")


class Sizer(Protocol):
    """Gives each run its memory, MiB; what was seen includes attempts that were killed."""

    @property
    def name(self) -> str:
        """In the table."""

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """The first attempt of a run."""

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """The next attempt, after a kill at that limit: the last that was seen."""


@dataclass(frozen=True, slots=True)
class Ours:
    """The product's rules for jobs; the request stands until `since` peaks are known."""

    name: str
    since: int = 1
    risk: float = 0.01

    def first(self, seen: Sequence[Seen], requested_mib: float) -> float:
        """`target.keep`."""
        known = _tail(seen)
        return requested_mib if known is None or len(seen) < self.since else target.keep(known, self.risk)

    def again(self, seen: Sequence[Seen], limit_mib: float) -> float:
        """The ladder's size after a kill; while it abstains, its tail's."""
        known = _tail(seen)
        if known is None:
            raise ValueError("a kill was seen, so there is a peak")
        steps = target.ladder(limit_mib, _NO_SERIES, known, is_job=True)
        return known.raised(limit_mib, 0.03) if steps is None else steps.best


def _tail(seen: Sequence[Seen]) -> Tail | None:
    return tail.fit([Peak(one.mib, is_censored=one.was_killed) for one in seen])


@dataclass(slots=True)
class Score:
    """What one sizer cost: MiB·s, kills, runs that had one."""

    used: float = 0.0
    wasted: float = 0.0
    kills: int = 0
    hit: int = 0


def replay(sizer: Sizer, kinds: Sequence[Sequence[Run]]) -> Score:
    """All runs in order; a killed attempt is paid for as long as the run took."""
    score = Score()
    for runs in kinds:
        seen: list[Seen] = []
        for run in runs:
            limit, tries = sizer.first(seen, run.requested_mib), 0
            while run.peak_mib > limit:
                tries += 1
                score.wasted += limit * run.runtime_s
                seen.append(Seen(run.submitted_s, limit, was_killed=True))
                limit = sizer.again(seen, limit) if tries < _MOST_TRIES else run.peak_mib
            score.kills += tries
            score.hit += tries > 0
            score.used += run.peak_mib * run.runtime_s
            score.wasted += (limit - run.peak_mib) * run.runtime_s
            seen.append(Seen(run.submitted_s, run.peak_mib))
    return score


def claims(kinds: Sequence[Sequence[Run]]) -> list[tuple[float, bool]]:
    """Risks that the tail predicted of sizes around each record, before each run, and whether the run passed them."""
    told: list[tuple[float, bool]] = []
    for runs in kinds:
        peaks: list[Peak] = []
        for run in runs:
            known = tail.fit(peaks)
            if known and len(peaks) >= target.FEWEST_PEAKS:
                for share in (0.9, 1.0, 1.05, 1.1, 1.2, 1.5, 2.0):
                    size = known.record_mib * share
                    told.append((known.exceeds(size), run.peak_mib > size))
            peaks.append(Peak(run.peak_mib))
    return told


def sizing_jobs(plan: Plan) -> Table:
    """Waste and kills of each sizer on the reported half of the jobs."""
    table = Table("Sizing of jobs", ["sizer", "wasted GiB·h", "OOMs", "runs hit", "used / (used + wasted)"])
    if absent(plan, table):
        return table
    kinds = jobs(plan)
    others: list[Sizer] = [Requested(), WittPercentile(), Tovar(), Vpa(), *map(Autopilot, ("98", "max"))]
    own: list[Sizer] = [
        Ours("**OOM Guard**"),
        Ours("OOM Guard, from the third run on", since=target.FEWEST_PEAKS),
    ]
    for sizer in [*others, ComputeOptimizer(), KrrWithKills(), *own]:
        score = replay(sizer, kinds)
        share = score.used / (score.used + score.wasted)
        table.add(sizer.name, score.wasted / _GIB_HOUR, score.kills, score.hit, share)
    runs = sum(map(len, kinds))
    table.notes = [
        (
            f"{runs:,} runs of {len(kinds)} kinds of jobs: {part(plan)}. In order of submission; the first attempt of "
            "a kind has what its author asked for; a killed attempt costs its full run time."
        ),
        (
            "Peers are written from their descriptions. Where a peer does not say how a killed run is retried, it gets "
            "1.15 times its limit (Autopilot) or at least its own OOM sample (VPA). Witt's regressions and Sizey need "
            "the input's size, which neither these traces nor ECS tell."
        ),
    ]
    return table
