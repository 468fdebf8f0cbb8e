"""Days: bars that stand below each other and fit a phone, in Latin letters and in Chinese ones."""

from datetime import date, timedelta
from unicodedata import east_asian_width

import pytest

from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from bot.slack.answers.days import LINE, chart

FIRST = date(2026, 9, 28)  # a day of one digit, two months, one of two digits


def columns(words: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in words)


@pytest.mark.parametrize("spoken", ["en", "zh-CN"])
@pytest.mark.parametrize("most", [1, 40, 12_345], ids=["few", "some", "many"])
def test_bars_begin_below_each_other_and_fit_a_phone(spoken: str, most: int) -> None:
    kills = [most, 0, 1, 0, 0, 0, most // 2, 1]
    with speaking(language(spoken)):
        lines = (
            chart([(FIRST + timedelta(days=at), one) for at, one in enumerate(kills)]).strip("`").split("\n")
        )
    assert max(map(columns, lines)) <= LINE
    bars = [line for line in lines if "█" in line]
    assert len({columns(line[: line.index("█")]) for line in bars}) == 1
    assert bars[0].count("█") == max(line.count("█") for line in bars) >= 8
