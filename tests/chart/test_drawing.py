"""Drawing: real PNGs, with what the chart holds in them; looked at by eye, too, when they change."""

import io
from dataclasses import replace
from functools import cache

import pytest
from matplotlib.figure import Figure
from PIL import Image

from bot.chart.artist import Artist
from bot.chart.drawing import HEIGHT, WIDTH, _head, draw
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.pictures import CHARTS

BLUE, SKY, RED, ORANGE, PURPLE = (0, 114, 178), (86, 180, 233), (213, 94, 0), (230, 159, 0), (170, 68, 153)
DOTTED = {"one sample"}


@cache
def png(name: str) -> bytes:
    """That chart, drawn once for all tests."""
    return draw(CHARTS[name])


def pixels(name: str) -> dict[tuple[int, ...], int]:
    """How often each colour is in the drawing."""
    image = Image.open(io.BytesIO(png(name)))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    found = image.convert("RGB").getcolors(WIDTH * HEIGHT) or []
    return {colour: count for count, colour in found if isinstance(colour, tuple)}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_shows_the_dead_life_on_its_own_card(name: str) -> None:
    found = pixels(name)
    assert found[BLUE] > (50 if name in DOTTED else 500)
    assert max(found, key=found.__getitem__) == (245, 245, 242), (
        "neither Slack's light nor its dark shines through"
    )


@pytest.mark.parametrize(
    ("colour", "names"),
    [
        pytest.param(SKY, {"leak", "chronic", "lives of other days"}, id="earlier lives"),
        pytest.param(ORANGE, {"leak"}, id="the trend of a leak"),
        pytest.param(PURPLE, {"leak"}, id="a deployment"),
        pytest.param(RED, set(CHARTS), id="the end"),
    ],
)
def test_what_is_there_is_marked_and_nothing_else(colour: tuple[int, ...], names: set[str]) -> None:
    assert {name for name in CHARTS if pixels(name).get(colour, 0) > 40} == names


def test_a_title_of_wide_letters_is_written_smaller() -> None:
    """A Chinese letter takes the room of two."""
    sizes = []
    for of in ("checkout" * 3, "结算服务" * 6):
        figure = Figure()
        with speaking(language("zh-CN")):
            _head(figure, replace(CHARTS["spike"], of=of))
        sizes.append(float(figure.texts[0].get_fontsize()))
    latin, chinese = sizes
    assert chinese < 0.8 * latin


def test_drawings_are_small_enough_to_be_sent_at_night() -> None:
    assert max(len(png(name)) for name in CHARTS) < 150_000


async def test_an_artist_draws_beside_the_loop() -> None:
    assert await Artist().draw(CHARTS["spike"]) == png("spike")
