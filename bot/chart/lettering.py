"""Lettering: the fonts that charts are drawn with; a chart is drawn in English where none has the spoken language's letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unicodedata import east_asian_width

import matplotlib as mpl
from matplotlib.font_manager import fontManager

from bot.domain.telling.language import ENGLISH, speaking, spoken

# Families with Simplified Chinese, as distributions, macOS and Windows call them; the first that is there is taken.
CHINESE: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans S Chinese",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)


def drawable(words: str) -> str:
    """Words that were kept in another language, as far as they can be drawn: `容器 api` in an English chart is `api`."""
    if spoken() is not ENGLISH:
        return words
    return " ".join(word for word in words.split() if not any(east_asian_width(one) in "WF" for one in word))


@contextmanager
def lettered() -> Iterator[None]:
    """Within this block charts have the letters of what is spoken, or English is spoken."""
    if spoken() is ENGLISH:
        yield
        return
    found = next((family for family in CHINESE if family in fontManager.get_font_names()), None)
    if found is None:
        with speaking(ENGLISH):
            yield
        return
    with mpl.rc_context({"font.family": ["DejaVu Sans", found]}):
        yield
