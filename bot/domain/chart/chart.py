"""Charts: how a dead task's memory is drawn: its lives on one axis, what marks them, and since when it was stuck."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean

from bot.domain.chart.picture import Line, Picture
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern

MOST_EARLIER = 3  # a phone tells no more apart
AT_LIMIT = 0.97  # the share of the limit from which on a container sits at it
NATIVE, WORDS = "native", "words"  # how a chart is shown where no file of it can be
_DRAWN_AS = 1  # one more where charts look different, so that those of unfinished incidents are drawn anew
_LEAST_COVERED = 0.5  # of a clock axis; else most of it would be empty
_LONGER = 2.0  # an earlier life than the dead one, before it is cut
_LEAST_SHARE = 0.2  # of a clock axis, for the life that matters

Point = tuple[float, int | None]


class Axis(StrEnum):
    """What the horizontal axis counts."""

    CLOCK = "clock"  # time of day, earlier lives left of the dead one
    END = "end"  # until each life ended: earlier lives lie behind the dead one, whose begin may not have been seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn: MiB over seconds after `zero` (aware UTC; its death, and each life's own end, where the axis is END).

    A point without MiB is a gap. `earlier` is newest first, `kills_s` are where those were killed. `trend` is a straight line's two ends, of a leak.
    """

    of: str
    axis: Axis
    zero: datetime
    died_at: datetime
    was_killed: bool
    life: tuple[Point, ...]
    step_s: float
    earlier: tuple[tuple[Point, ...], ...] = ()
    kills_s: tuple[Point, ...] = ()
    limit_mib: int | None = None
    reservation_mib: int | None = None
    deployed_s: tuple[float, ...] = ()
    trend: tuple[tuple[float, float], tuple[float, float]] | None = None
    slope_mib_per_h: float | None = None
    stuck_s: tuple[float, float] | None = None

    @property
    def died_s(self) -> float:
        """Where on the axis it died."""
        return (self.died_at - self.zero).total_seconds()

    @property
    def ends_s(self) -> float:
        """Where on the axis the last of all lines ends."""
        return max(self.died_s, *(line[-1][0] for line in (self.life, *self.earlier)))

    @property
    def begins_s(self) -> float:
        """Where on the axis the first of all lines begins."""
        return min(line[0][0] for line in (self.life, *self.earlier))

    def digest(self) -> str:
        """64 hex digits that are equal exactly if two charts are."""
        return hashlib.sha256(f"{_DRAWN_AS} {self!r}".encode()).hexdigest()

    @property
    def peak_mib(self) -> int:
        """The largest sample of all lines."""
        return max(mib for line in (self.life, *self.earlier) for _, mib in line if mib is not None)


def chart(picture: Picture, diagnosis: Diagnosis | None) -> Chart | None:
    """The chart of a picture; None where the dead life has no sample: a picture of others would mislead."""
    life, before = picture.life, [one for one in picture.earlier if _has_samples(one, 2)][:MOST_EARLIER]
    if life is None or not _has_samples(life):
        return None
    neighbours = _neighbours(life, before, picture.died_at)
    axis = Axis.CLOCK if neighbours or not before else Axis.END
    died_at = max(picture.died_at, life.began_at)
    zero = min(line.began_at for line in (life, *neighbours)) if axis is Axis.CLOCK else died_at
    points = _points(life, zero)
    earlier = [_points(one, zero) for one in neighbours] if axis is Axis.CLOCK else _ends(before, points)
    slope = diagnosis.slope_mib_per_h if diagnosis and diagnosis.pattern is Pattern.LEAK else None
    is_stuck = diagnosis is not None and diagnosis.pattern is Pattern.STUCK
    return Chart(
        of=picture.of,
        axis=axis,
        zero=zero,
        died_at=died_at,
        was_killed=life.was_killed and not _ended_itself(diagnosis),
        life=points,
        step_s=life.step_s,
        earlier=tuple(earlier),
        kills_s=tuple(_points(one, zero)[-1] for one in neighbours if one.was_killed),
        limit_mib=picture.limit_mib,
        reservation_mib=picture.reservation_mib,
        deployed_s=_seconds(picture.deployed_at, zero, min(line[0][0] for line in (points, *earlier))),
        trend=_trend(points, slope),
        slope_mib_per_h=slope,
        stuck_s=_stuck(points, picture.limit_mib) if is_stuck else None,
    )


def _ended_itself(diagnosis: Diagnosis | None) -> bool:
    """Whether it was the runtime's own cap: it never came to the limit, where a cross would say that it did."""
    return diagnosis is not None and diagnosis.culprit is Culprit.RUNTIME


def _has_samples(line: Line, least: int = 1) -> bool:
    return sum(mib is not None for mib in line.mib) >= least


def _neighbours(life: Line, before: Sequence[Line], died_at: datetime) -> list[Line]:
    """Earlier lives, newest first, as far as they may share a clock axis with the dead one without emptying it."""
    end = max(died_at, _end(life))
    own = (end - life.began_at).total_seconds()
    covered, found = own, list[Line]()
    for one in before:
        span = (end - min(one.began_at, life.began_at)).total_seconds()
        covered += (_end(one) - one.began_at).total_seconds()
        if span <= 0 or covered / span < _LEAST_COVERED or own / span < _LEAST_SHARE:
            break
        found.append(one)
    return found


def _end(line: Line) -> datetime:
    return line.began_at + timedelta(seconds=line.step_s * len(line.mib))


def _points(line: Line, zero: datetime) -> tuple[Point, ...]:
    """A line that has samples, without what is unknown at its ends."""
    offset = (line.began_at - zero).total_seconds()
    points = [(offset + line.step_s * n, mib) for n, mib in enumerate(line.mib)]
    there = [n for n, (_, mib) in enumerate(points) if mib is not None]
    return tuple(points[there[0] : there[-1] + 1])


def _ends(lines: Iterable[Line], dead: Sequence[Point]) -> list[tuple[Point, ...]]:
    """The last of each life, twice as long as the dead one's at most, on an axis where each ends at 0."""
    since = _LONGER * min(dead[0][0], -600.0)
    drawn = [_points(line, line.ended_at or _end(line)) for line in lines]
    cut = [tuple(point for point in points if point[0] >= since) for points in drawn]
    return [points for points in cut if any(mib is not None for _, mib in points)]


def _seconds(moments: Iterable[datetime], zero: datetime, begin_s: float) -> tuple[float, ...]:
    return tuple(after for at in moments if (after := (at - zero).total_seconds()) >= begin_s)


def _trend(
    points: Sequence[Point], slope_mib_per_h: float | None
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """A line of that slope through the middle of the points; None where there is no slope, or one point alone."""
    known = [(at, mib) for at, mib in points if mib is not None]
    if not slope_mib_per_h or len(known) < 2:
        return None
    middle_s, middle_mib = fmean(at for at, _ in known), fmean(mib for _, mib in known)
    first, last = known[0][0], known[-1][0]
    return (
        (first, middle_mib + slope_mib_per_h * (first - middle_s) / 3600),
        (last, middle_mib + slope_mib_per_h * (last - middle_s) / 3600),
    )


def _stuck(points: Sequence[Point], limit_mib: int | None) -> tuple[float, float] | None:
    """From when until when it sat at its limit last; a gap does not end that, a sample below does."""
    if not limit_mib:
        return None
    at_limit = list[float]()
    for at, mib in points:
        if mib is None:
            continue
        if mib >= AT_LIMIT * limit_mib:
            at_limit.append(at)
        elif len(at_limit) > 1:
            break
        else:
            at_limit.clear()
    return (at_limit[0], at_limit[-1]) if len(at_limit) > 1 else None
