"""Artists: draw one chart at a time, in a thread of their own; the library is loaded with the first."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from bot.domain.chart.chart import Chart
from bot.domain.report.day_bars import DayBars


class Artist:
    """Draws PNGs beside the event loop. One thread: a second chart would only fight for the same lock."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._studio = ThreadPoolExecutor(1, thread_name_prefix="chart")

    async def draw(self, chart: Chart | DayBars) -> bytes:
        """The chart as a PNG. Raises ImportError where the drawing library is not installed."""
        work = partial(copy_context().run, _draw, chart)
        return await asyncio.get_running_loop().run_in_executor(self._studio, work)


def _draw(chart: Chart | DayBars) -> bytes:
    # 300 ms and 40 MB that a process needs only once somebody is killed
    from bot.chart.day_drawing import draw_days  # noqa: PLC0415
    from bot.chart.drawing import draw  # noqa: PLC0415
    from bot.chart.lettering import lettered  # noqa: PLC0415

    with lettered():
        return draw_days(chart) if isinstance(chart, DayBars) else draw(chart)
