"""Lettering: a chart is in the spoken language only where a font has its letters; what it says in words is, always."""

import pytest
from matplotlib import rcParams

from bot.chart import lettering
from bot.chart.lettering import drawable, lettered
from bot.domain.chart.chart_words import title
from bot.domain.telling.language import ENGLISH, Language, speaking, spoken
from bot.language.catalogs import language
from tests.domain.pictures import CHARTS

CHINESE = language("zh-CN")


class Fonts:
    """The fonts of some machine."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def get_font_names(self) -> list[str]:
        return list(self._names)


def test_without_a_font_charts_are_drawn_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "fontManager", Fonts("DejaVu Sans"))
    with speaking(CHINESE):
        with lettered():
            assert spoken() is ENGLISH
        assert spoken() is CHINESE
        assert "的内存" in title(next(iter(CHARTS.values())))


def test_with_a_font_they_are_drawn_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "fontManager", Fonts("DejaVu Sans", "WenQuanYi Zen Hei"))
    before = list(rcParams["font.family"])
    with speaking(CHINESE), lettered():
        assert spoken() is CHINESE
        assert rcParams["font.family"] == ["DejaVu Sans", "WenQuanYi Zen Hei"]
    assert list(rcParams["font.family"]) == before


@pytest.mark.parametrize(
    ("spoken_here", "kept", "drawn"),
    [
        pytest.param(ENGLISH, "container api", "container api", id="English in English"),
        pytest.param(ENGLISH, "容器 api", "api", id="Chinese in a chart that has no letters for it"),
        pytest.param(CHINESE, "容器 api", "容器 api", id="Chinese in Chinese"),
    ],
)
def test_what_was_kept_in_chinese_is_left_out_of_an_english_chart(
    spoken_here: Language, kept: str, drawn: str
) -> None:
    with speaking(spoken_here):
        assert drawable(kept) == drawn


def test_english_needs_no_other_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "fontManager", Fonts())
    with lettered():
        assert spoken() is ENGLISH
