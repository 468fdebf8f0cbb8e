"""Tongue: what is Chinese is marked as Chinese, for screen readers and fonts; dates are in the reader's language."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.sandbox.page.desk import IN_CHROMIUM

pytestmark = IN_CHROMIUM
BLOCK = {
    "type": "section",
    "text": {"type": "mrkdwn", "text": "*突增*: 两次采样之间从 430 MiB 升至 1,024 MiB"},
}


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        pytest.param("checkout-api ran out of memory", None, id="English"),
        pytest.param("🔴 checkout-api 内存不足", "zh-CN", id="Chinese about a name in Latin letters"),
        pytest.param("Silenced by chen until noon: 压测", None, id="English that quotes a Chinese reason"),
        pytest.param("`python app.py doctor --all` 全部", "zh-CN", id="Chinese with code in it"),
        pytest.param([BLOCK], "zh-CN", id="blocks"),
        pytest.param([{"type": "divider"}], None, id="nothing to read"),
    ],
)
async def test_a_text_tells_its_language(blank: Page, said: Any, lang: str | None) -> None:
    found = await blank.evaluate(
        "async (said) => (await import('/page/static/tongue.js')).tongue(said) ?? null", said
    )
    assert found == lang


@pytest.mark.parametrize(
    ("format_", "locale", "shown"),
    [
        pytest.param("{date_short_pretty} at {time}", "en-US", "Today at 05:31", id="in English"),
        pytest.param("自 {date_short_pretty} {time} 起", "zh-CN", "自 今天 05:31 起", id="in Chinese"),
        pytest.param("{date_long}", "zh-CN", "2026年11月21日星期六", id="a long date"),
        pytest.param("{ago}", "zh-CN", "2小时前", id="how long ago"),
    ],
)
async def test_a_date_is_in_the_readers_language(blank: Page, format_: str, locale: str, shown: str) -> None:
    """05:31 in Shanghai, two hours ago; what stands around a date is the sender's."""
    found = await blank.evaluate(
        """async ([format, locale]) => (await import('/page/static/dates.js')).formatDate(
             1795210287, format, '', {zone: 'Asia/Shanghai', now: (1795210287 + 7300) * 1000, locale})""",
        [format_, locale],
    )
    assert found == shown


@pytest.mark.parametrize("verbatim", [True, False], ids=["verbatim", "as usual"])
async def test_an_address_in_a_verbatim_text_is_no_link(blank: Page, verbatim: bool) -> None:
    found = await blank.evaluate(
        """async (verbatim) => (await import('/page/static/mrkdwn.js')).mrkdwn(
             '订阅 https://a.example/sns、*重试*', {}, verbatim).flat(3).map((each) => each?.tag ?? each)""",
        verbatim,
    )
    assert ("a" in found, "b" in found) == (not verbatim, True)
