"""Plates: each form of a chart is a block that Slack takes, with the numbers for who cannot see it."""

import pytest

from bot.domain.chart.chart import NATIVE, WORDS
from bot.domain.chart.chart_words import alt_text
from bot.slack.message import Message
from bot.slack.plate import plate
from sandbox.slack.rulebook import Rulebook
from tests.domain.pictures import CHARTS


@pytest.mark.parametrize("shown_as", [NATIVE, WORDS, "F0123456789"])
@pytest.mark.parametrize("name", CHARTS)
def test_slack_takes_every_chart(name: str, shown_as: str) -> None:
    block = plate(CHARTS[name], shown_as, "chart")
    message = Message(text="checkout-api ran out of memory", blocks=[block])
    assert Rulebook(lambda _: True).content(message.as_arguments()).blocks == [block.to_dict()]


def test_a_file_is_shown_with_what_it_shows() -> None:
    said = plate(CHARTS["leak"], "F0123456789", "chart").to_dict()
    assert said == {
        "type": "image",
        "block_id": "chart",
        "alt_text": alt_text(CHARTS["leak"]),
        "slack_file": {"id": "F0123456789"},
    }


def test_slacks_own_chart_has_the_peaks_and_the_limit() -> None:
    drawing = plate(CHARTS["spike"], NATIVE, "chart").to_dict()["chart"]
    memory, limit = drawing["series"]
    assert len(drawing["axis_config"]["categories"]) == 20
    assert memory["data"][-1] == {"label": "03:11", "value": 460}
    assert {point["value"] for point in limit["data"]} == {512}


def test_where_nothing_was_measured_slacks_own_chart_has_no_point() -> None:
    drawing = plate(CHARTS["a gap"], NATIVE, "chart").to_dict()["chart"]
    assert not {f"02:{minute}" for minute in range(32, 42)} & set(drawing["axis_config"]["categories"])


def test_words_are_nobodys_mention() -> None:
    said = plate(CHARTS["a strange name"], WORDS, "chart").to_dict()["elements"][0]["text"]
    assert "&lt;!channel&gt;" in said
