"""Pictures: what a chart of an incident is drawn from; small, so that it can be kept with the diagnosis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.series import Series, SeriesSource

MOST_POINTS = 200  # a line; a phone shows no more
MOST_EARLIER = 5
MOST_MARKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Memory of one life, MiB at `began_at` + n · `step_s`; None where there is no sample. Times are aware UTC."""

    began_at: datetime
    step_s: float
    mib: tuple[int | None, ...]
    ended_at: datetime | None = None  # None: not known, or it lives on
    was_killed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The dead task's memory, earlier lives newest first, the limits in force, and when revisions were deployed."""

    died_at: datetime
    of: str  # what was measured, in words
    source: SeriesSource | None
    life: Line | None
    earlier: tuple[Line, ...] = ()
    limit_mib: int | None = None
    reservation_mib: int | None = None
    deployed_at: tuple[datetime, ...] = ()  # within what is drawn


def picture(evidence: Evidence, limit_mib: int | None, deployed: Iterable[datetime] = ()) -> Picture:
    """The picture of an investigation; `limit_mib` is the limit that was in force."""
    death, series = evidence.death, evidence.series
    container = evidence.definition.container(death.container) if evidence.definition else None
    reservation = death.limits.reservation_mib or (container.reservation_mib if container else None)
    life = None if series is None else line(series)
    earlier = tuple(filter(None, map(line, evidence.earlier[:MOST_EARLIER])))
    since = min((one.began_at for one in (life, *earlier) if one), default=death.died_at)
    return Picture(
        died_at=death.died_at,
        of="" if series is None else series.of,
        source=None if series is None else series.source,
        life=life,
        earlier=earlier,
        limit_mib=limit_mib,
        reservation_mib=reservation,
        deployed_at=tuple(sorted(at for at in deployed if since <= at <= death.died_at)[-MOST_MARKS:]),
    )


def line(series: Series) -> Line | None:
    """The series on an even grid of at most MOST_POINTS, the largest sample of each step; None for an empty one."""
    if not series.samples or series.step_s <= 0:
        return None
    first = series.samples[0].at
    steps = (series.samples[-1].at - first) / timedelta(seconds=series.step_s)
    step_s = series.step_s * (1 + int(steps) // MOST_POINTS)
    return Line(
        began_at=first,
        step_s=step_s,
        mib=tuple(_grid(series, step_s)),
        ended_at=series.ended_at,
        was_killed=series.was_killed,
    )


def _grid(series: Series, step_s: float) -> Sequence[int | None]:
    first = series.samples[0].at
    largest: dict[int, float] = {}
    for sample in series.samples:
        at = int((sample.at - first).total_seconds() // step_s)
        largest[at] = max(sample.mib, largest.get(at, 0.0))
    return [round(largest[at]) if at in largest else None for at in range(max(largest) + 1)]
