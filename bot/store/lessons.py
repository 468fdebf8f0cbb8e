"""Lessons: what became of this installation's raises, for the next recommendation."""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.domain.resize.lesson import lesson
from bot.domain.resize.resize import ResizePhase
from bot.domain.sizing.calibration import Calibration
from bot.store.resize_rows import readable
from bot.store.schema import resizes

_TELLING = tuple(one.value for one in (ResizePhase.PROVEN, ResizePhase.NOT_ENOUGH, ResizePhase.ROLLED_BACK))
MOST = 1000  # the newest say enough, and the oldest may be of another age


def outcomes(conn: Connection, now: datetime) -> Calibration:
    """The calibration that the newest finished resizes teach; without any, the replay's table alone."""
    query = select(resizes).where(resizes.c.phase.in_(_TELLING)).order_by(resizes.c.id.desc()).limit(MOST)
    told = (lesson(one, now) for one in readable(conn.execute(query)))
    return Calibration(tuple(one for one in told if one is not None))
