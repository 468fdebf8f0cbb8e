"""Drawing: a chart as a PNG that is read on a phone, on light and dark, and by the colour-blind.

Importing this module loads matplotlib. Colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/); no two things
differ in colour alone. The card has its own background, as Slack's is light for some and dark for others.
"""

import io
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from bot.chart.lettering import drawable
from bot.chart.ticks import amount_ticks, countdown_label, countdown_ticks, time_ticks
from bot.domain.calendar.almanac import day
from bot.domain.calendar.duration import rough
from bot.domain.chart.chart import Axis, Chart, Point
from bot.domain.chart.chart_words import axis_words, end, mib, slope, title
from bot.domain.telling.language import say

WIDTH, HEIGHT = 840, 500
_DPI = 100
_CARD, _INK, _SOFT = "#f5f5f2", "#1b1b1b", "#5c5c5c"
_DIM = "#26709c"  # the sky blue of lines, dark enough for words
_BLUE, _SKY, _RED, _ORANGE, _PURPLE = "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#aa4499"
# Points; an image of this width is shown 300 wide on a phone, which leaves a third of them.
_BIG, _SMALL = 25, 22
_TITLE_FITS = 38  # Latin characters of the big size
_FEW = 30  # points up to which each is dotted: a lonely one would not be seen as a line


def draw(chart: Chart) -> bytes:
    """The chart as a PNG of 840 × 500. The object API alone: pyplot would keep figures, and knows one thread."""
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_CARD, edgecolor="#c9c9c4")
    figure.set_linewidth(4)
    axes = figure.add_axes((0.145, 0.19, 0.835, 0.68), facecolor=_CARD)
    top = 1.22 * max(chart.peak_mib, chart.limit_mib or 0, 1)
    begin, finish = _stage(axes, chart, top)
    _bounds(axes, chart, begin, finish)
    _lives(axes, chart)
    _trend(axes, chart)
    _marks(axes, chart, (begin, finish), top)
    _head(figure, chart)
    drawn = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(drawn, format="png", facecolor=_CARD, metadata={"Software": None})
    return drawn.getvalue()


def _head(figure: Figure, chart: Chart) -> None:
    words = title(replace(chart, of=drawable(chart.of)))
    size = min(_BIG, _BIG * _TITLE_FITS / _width(words))
    figure.text(0.02, 0.975, words, fontsize=size, color=_INK, va="top", weight="bold", parse_math=False)
    if chart.earlier:
        figure.text(0.02, 0.025, say("faint: lives before"), fontsize=_SMALL - 2, color=_DIM, va="bottom")


def _width(words: str) -> int:
    """In Latin characters: a Chinese one is as wide as two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in words)


def _stage(axes: Axes, chart: Chart, top: float) -> tuple[float, float]:
    """Lay out the axes; where they begin and end."""
    begin, finish = chart.begins_s, chart.ends_s
    room = max(finish - begin, 60.0)
    begin, finish = begin - 0.01 * room, finish + 0.05 * room
    axes.set_xlim(begin, finish)
    axes.set_ylim(0, top)
    is_clock = chart.axis is Axis.CLOCK
    first = begin + 0.06 * room  # left of it a label would touch the zero of the other axis
    places = time_ticks(first, finish, chart.zero) if is_clock else countdown_ticks(first)
    labels = [_clock(chart, at, room) if is_clock else countdown_label(at) for at in places]
    axes.set_xticks(places, labels)
    amounts = amount_ticks(top)
    axes.set_yticks(amounts, [_amount(amount, top) for amount in amounts])
    axes.tick_params(labelsize=_SMALL, colors=_SOFT, length=0, pad=8)
    axes.grid(axis="y", color="#dededa", linewidth=1.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.spines["bottom"].set(visible=True, color="#8a8a86", linewidth=2)
    axes.set_xlabel(axis_words(chart), fontsize=_SMALL - 2, color=_SOFT, loc="right", labelpad=2)
    axes.set_axisbelow(True)
    return begin, finish


def _amount(amount: float, top: float) -> str:
    """MiB, as the title says; GiB where there is no room for that."""
    return f"{amount / 1024:g} GiB" if top >= 10_000 and amount else mib(amount)


def _clock(chart: Chart, at_s: float, room_s: float) -> str:
    at = chart.zero + timedelta(seconds=at_s)
    return day(at) if room_s > 4 * 86400 else f"{at:%H:%M}"


def _bounds(axes: Axes, chart: Chart, begin: float, finish: float) -> None:
    """Limit and reservation, each labelled on its line at the left."""
    at, gap = begin + 0.012 * (finish - begin), 0.012 * axes.get_ylim()[1]
    if chart.limit_mib:
        axes.axhline(chart.limit_mib, color=_INK, linewidth=4)
        words = say("limit {mib} MiB", mib=mib(chart.limit_mib))
        _label(axes, at, chart.limit_mib + gap, words, _INK, va="bottom")
    if chart.reservation_mib and chart.reservation_mib != chart.limit_mib:
        axes.axhline(chart.reservation_mib, color=_SOFT, linewidth=3, linestyle=(0, (1, 1.5)))
        _label(
            axes,
            at,
            chart.reservation_mib + gap,
            say("reserved {mib}", mib=mib(chart.reservation_mib)),
            _SOFT,
            va="bottom",
        )
    if chart.stuck_s and chart.limit_mib:
        since, until = chart.stuck_s
        axes.axvspan(since, until + chart.step_s, color=_ORANGE, alpha=0.28, linewidth=0)
        words = say(" stuck at the\n limit {span}", span=rough(until - since + chart.step_s))
        is_late = since > begin + 0.65 * (finish - begin)
        side, words = ("right", words.replace("\n", " \n") + " ") if is_late else ("left", words)
        _label(axes, since, 0.5 * chart.limit_mib, words, _INK, va="center", ha=side)


def _lives(axes: Axes, chart: Chart) -> None:
    for number, line in enumerate(chart.earlier):
        _stroke(axes, line, color=_SKY, linewidth=3.5 - 0.5 * number, zorder=2)
    for at, amount in chart.kills_s:
        axes.plot([at], [amount or 0], marker="x", color=_SKY, markersize=12, markeredgewidth=3.5, zorder=2)
    _stroke(axes, chart.life, color=_BLUE, linewidth=6, zorder=4)


def _stroke(axes: Axes, line: tuple[Point, ...], *, color: str, linewidth: float, zorder: int) -> None:
    amounts = [math.nan if amount is None else float(amount) for _, amount in line]
    marker = "o" if len(line) <= _FEW else ""
    axes.plot(
        [at for at, _ in line],
        amounts,
        color=color,
        linewidth=linewidth,
        zorder=zorder,
        marker=marker,
        markersize=1.6 * linewidth,
        solid_capstyle="round",
    )


def _trend(axes: Axes, chart: Chart) -> None:
    if chart.trend is None:
        return
    (first, low), (last, high) = chart.trend
    axes.plot([first, last], [low, high], color=_ORANGE, linewidth=4, linestyle=(0, (3, 1.5)), zorder=5)
    middle, height = first + 0.5 * (last - first), 0.5 * (low + high) + 0.03 * axes.get_ylim()[1]
    _label(axes, middle, height, f"+{slope(chart)} ", _INK, va="bottom", ha="right")


def _marks(axes: Axes, chart: Chart, edges: tuple[float, float], top: float) -> None:
    """Deployments, and the end: a line through the whole height, as what was in use that moment nobody measured."""
    begin, finish = edges
    for number, at in enumerate(chart.deployed_s):
        axes.axvline(at, ymax=0.8, color=_PURPLE, linewidth=3.5, linestyle=(0, (4, 1.2, 1, 1.2)), zorder=3)
        if number == len(chart.deployed_s) - 1:
            is_late = at > begin + 0.75 * (finish - begin)
            words = f"{say('deploy')} " if is_late else f" {say('deploy')}"
            _label(axes, at, 0.04 * top, words, _PURPLE, va="bottom", ha="right" if is_late else "left")
    height = chart.limit_mib or next(amount for _, amount in reversed(chart.life) if amount is not None)
    axes.axvline(chart.died_s, color=_RED, linewidth=4, linestyle=(0, (1, 1)), zorder=5)
    if chart.was_killed:
        cross: dict[str, Any] = {"marker": "x", "markersize": 24, "markeredgewidth": 7}
        axes.plot([chart.died_s], [height], color=_RED, zorder=6, clip_on=False, **cross)
    is_early = chart.died_s < begin + 0.3 * (finish - begin)
    words = f" {end(chart)}" if is_early else f"{end(chart)} "
    side = "left" if is_early else "right"
    _label(axes, chart.died_s, 0.985 * top, words, _RED, va="top", ha=side, weight="bold")


def _label(axes: Axes, at: float, amount: float, words: str, color: str, **place: str) -> None:
    """Words on the card, with a rim of its colour where a line passes below them."""
    rim = [withStroke(linewidth=6, foreground=_CARD)]
    style: dict[str, Any] = {"ha": "left", "weight": "normal", **place}
    axes.text(
        at, amount, words, color=color, fontsize=_SMALL, zorder=7, path_effects=rim, parse_math=False, **style
    )
