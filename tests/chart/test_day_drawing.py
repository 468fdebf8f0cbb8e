"""Day drawing: real PNGs with the parts of each bar in them; looked at by eye, too, when they change."""

import io

import pytest
from matplotlib.figure import Figure
from PIL import Image

from bot.chart.artist import Artist
from bot.chart.day_drawing import HEIGHT, WIDTH, _stage, draw_days
from bot.domain.report.day_bars import DayBars, day_bars
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.reports import report_of, tally

BLUE, ORANGE, GREEN, PURPLE, GREY = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (168, 168, 164),
)
CARD = (245, 245, 242)


def bars(*services: int) -> DayBars:
    """Each service with so many kills on each day; the names are what a person may call them."""
    names = ("checkout", "$x^2$ _y_", "search", "n" * 100, "cron", "mail")
    found = day_bars(
        report_of(*(tally(name, *([kills] * 7)) for name, kills in zip(names, services, strict=False)))
    )
    assert found is not None
    return found


def colours(drawn: bytes) -> dict[tuple[int, ...], int]:
    """How often each colour is in the drawing."""
    image = Image.open(io.BytesIO(drawn))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    found = image.convert("RGB").getcolors(WIDTH * HEIGHT) or []
    return {colour: count for count, colour in found if isinstance(colour, tuple)}


@pytest.mark.parametrize(
    ("services", "shown"),
    [
        pytest.param((3,), [BLUE], id="one service"),
        pytest.param((9, 8, 7, 6), [BLUE, ORANGE, GREEN, PURPLE], id="four services"),
        pytest.param(
            (9, 8, 7, 6, 5, 4), [BLUE, ORANGE, GREEN, PURPLE, GREY], id="four, and the others together"
        ),
    ],
)
def test_every_part_is_there_on_its_own_card(services: tuple[int, ...], shown: list[tuple[int, ...]]) -> None:
    found = colours(draw_days(bars(*services)))
    assert max(found, key=found.__getitem__) == CARD
    for colour in (BLUE, ORANGE, GREEN, PURPLE, GREY):
        assert (found.get(colour, 0) > 1000) is (colour in shown)


def test_the_days_of_a_week_are_named_in_words_that_no_locale_changes() -> None:
    axes, week = Figure().add_axes((0, 0, 1, 1)), bars(3)
    _stage(axes, week)
    assert [one.get_text() for one in axes.get_xticklabels()] == [
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    ]
    with speaking(language("zh-CN")):
        _stage(axes, week)
    assert {one.get_text()[0] for one in axes.get_xticklabels()} == {"周"}


async def test_the_artist_draws_them_beside_the_loop() -> None:
    assert colours(await Artist().draw(bars(3)))[BLUE] > 1000
