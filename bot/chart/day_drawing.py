"""Day drawing: a report's bars as a PNG that is read on a phone, on light and dark, and by the colour-blind.

Importing this module loads matplotlib. Colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/), each with a
hatching of its own; the card has its own background, as Slack's is light for some and dark for others.
"""

import io
import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.domain.calendar.almanac import weekday
from bot.domain.report.day_bars import DayBars, others

WIDTH, HEIGHT = 840, 500
_DPI = 100
_CARD, _INK, _SOFT = "#f5f5f2", "#1b1b1b", "#5c5c5c"
_FILLS = (("#0072b2", ""), ("#e69f00", "//"), ("#009e73", ".."), ("#cc79a7", "xx"))
_REST = ("#a8a8a4", "")
_BIG, _SMALL = (
    24,
    22,
)  # points; an image of this width is shown 300 wide on a phone, which leaves a third of them
_LABELS = 7  # days that are labelled at most


def draw_days(bars: DayBars) -> bytes:
    """The bars as a PNG of 840 × 500. The object API alone: pyplot would keep figures, and knows one thread."""
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_CARD, edgecolor="#c9c9c4")
    figure.set_linewidth(4)
    rows = math.ceil(len(bars.parts) / 2)
    axes = figure.add_axes((0.03, 0.13, 0.94, 0.82 - 0.09 * rows), facecolor=_CARD)
    _stage(axes, bars)
    _stack(axes, bars)
    _legend(figure, axes)
    drawn = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(drawn, format="png", facecolor=_CARD, metadata={"Software": None})
    return drawn.getvalue()


def _stage(axes: Axes, bars: DayBars) -> None:
    """Days below, no figures at the side: each bar has its own above it."""
    number = len(bars.days)
    step = math.ceil(number / _LABELS)
    shown = range((number - 1) % step, number, step)
    days = [bars.days[at] for at in shown]
    axes.set_xticks(list(shown), [weekday(one) if number <= _LABELS else f"{one.day}" for one in days])
    axes.set_yticks([])
    axes.set_xlim(-0.6, number - 0.4)
    axes.set_ylim(0, 1.18 * max(bars.totals))
    axes.tick_params(labelsize=_SMALL, colors=_SOFT, length=0, pad=8)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.spines["bottom"].set(visible=True, color="#8a8a86", linewidth=2)


def _stack(axes: Axes, bars: DayBars) -> None:
    places, below = range(len(bars.days)), [0] * len(bars.days)
    for number, (name, row) in enumerate(bars.parts):
        fill, hatch = _FILLS[number] if name else _REST
        label = name or others()
        axes.bar(
            places,
            row,
            0.72,
            bottom=below,
            color=fill,
            hatch=hatch,
            edgecolor=_CARD,
            linewidth=2,
            label=label,
        )
        below = [low + high for low, high in zip(below, row, strict=True)]
    _totals(axes, below)


def _totals(axes: Axes, totals: Sequence[int]) -> None:
    """Every day's figure where there is room, else the highest alone."""
    most = max(totals)
    for at, total in enumerate(totals):
        if total and (len(totals) <= 2 * _LABELS or total == most):
            axes.annotate(
                f"{total:,}",
                (at, total),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=_BIG,
                color=_INK,
                weight="bold",
            )


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    legend = figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(0.005, 1.0),
        ncols=2,
        fontsize=_SMALL - 3,
        frameon=False,
        handlelength=1.3,
        columnspacing=1.2,
        handletextpad=0.5,
        labelcolor=_INK,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
