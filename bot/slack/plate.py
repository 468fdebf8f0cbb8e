"""Plates: the block that shows a chart: an uploaded image, Slack's own kind of chart, or what it says in words."""

from typing import Any

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.domain.calendar.duration import rough
from bot.domain.chart.chart import NATIVE, WORDS, Axis, Chart, Point
from bot.domain.chart.chart_words import alt_text, mib, moment, title
from bot.domain.telling.language import say
from bot.slack.blocks import context
from bot.slack.mrkdwn import escape

MOST_POINTS = 20  # docs.slack.dev/reference/block-kit/blocks/data-visualization-block
_LONGEST_TITLE = 50


class DataVisualization(Block):
    """Slack's own chart (since 2026-06-16), of which slack_sdk 3.47 has no model."""

    type = "data_visualization"

    def __init__(self, title: str, chart: dict[str, Any], block_id: str) -> None:
        """`chart` as Slack's documentation has it."""
        super().__init__(type=self.type, block_id=block_id)
        self.title = title
        self.chart = chart

    @property
    def attributes(self) -> set[str]:  # type: ignore[override]  # as slack_sdk's own blocks do
        """What goes over the wire."""
        return super().attributes | {"title", "chart"}


def plate(chart: Chart, shown_as: str, block_id: str) -> Block:
    """The block. `shown_as` is NATIVE, WORDS, or the id of the file that shows it."""
    if shown_as == WORDS:
        return context(escape(alt_text(chart)), block_id=block_id)
    if shown_as == NATIVE:
        return _native(chart, block_id)
    return ImageBlock(alt_text=alt_text(chart), slack_file=SlackFile(id=shown_as), block_id=block_id)


def _native(chart: Chart, block_id: str) -> Block:
    amounts = _labelled(chart, _thinned(chart))
    labels = [*amounts]
    series = [_series(say("memory"), amounts)]
    if chart.limit_mib:
        series.append(
            _series(say("limit {mib} MiB", mib=mib(chart.limit_mib)), dict.fromkeys(labels, chart.limit_mib))
        )
    axes = {
        "categories": labels,
        "x_label": "UTC" if chart.axis is Axis.CLOCK else say("before the end"),
        "y_label": "MiB",
    }
    drawing = {"type": "line", "series": series, "axis_config": axes}
    return DataVisualization(title(chart)[:_LONGEST_TITLE], drawing, block_id)


def _series(name: str, amounts: dict[str, int]) -> dict[str, Any]:
    data = [{"label": label, "value": amount} for label, amount in amounts.items()]
    return {"name": name[:20], "data": data}


def _thinned(chart: Chart) -> list[tuple[float, int]]:
    """At most twenty points of the dead life: the largest of as many equal parts. What has no sample has no point."""
    step = -(-len(chart.life) // MOST_POINTS)
    parts = [chart.life[begin : begin + step] for begin in range(0, len(chart.life), step)]
    return [point for part in parts if (point := _largest(part)) is not None]


def _largest(part: tuple[Point, ...]) -> tuple[float, int] | None:
    known = [(at, amount) for at, amount in part if amount is not None]
    return max(known, key=lambda point: point[1], default=None)


def _labelled(chart: Chart, points: list[tuple[float, int]]) -> dict[str, int]:
    """MiB by time of day, with the day where there are several, or by the time left; the later of two that read alike."""
    has_days = points[-1][0] - points[0][0] >= 86400
    is_clock = chart.axis is Axis.CLOCK
    return {moment(chart, at, with_day=has_days) if is_clock else f"−{rough(-at)}": mib for at, mib in points}
