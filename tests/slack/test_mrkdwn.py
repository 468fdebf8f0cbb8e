"""Nothing from outside speaks Slack's markup."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import (
    DateStyle,
    aside,
    bold,
    clean,
    code,
    cut,
    date,
    escape,
    link,
    mention,
    struck,
    unbroken,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("checkout-api", "checkout-api", id="a usual name"),
        pytest.param("a & b < c > d", "a &amp; b &lt; c &gt; d", id="Slack's three characters"),
        pytest.param("&amp;", "&amp;amp;", id="what looks escaped is escaped once more"),
        pytest.param(
            "<!channel> <@U0EVIL001>", "&lt;!channel&gt; &lt;@U0EVIL001&gt;", id="mentions page nobody"
        ),
        pytest.param("one\ntwo\r\n\tthree\x00", "one two three", id="one line"),
        pytest.param("```eat the rest", "'''eat the rest", id="no code block opens"),
        pytest.param("invoice\u202efdp.exe", "invoicefdp.exe", id="text is not turned round"),
        pytest.param("\ud800lone", "lone", id="half a surrogate pair"),
        pytest.param("שלום 🦊", "שלום 🦊", id="other scripts and emoji stay"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text(max_size=400), st.integers(min_value=1, max_value=350))
def test_escaped_text_is_bounded_and_whole(text: str, limit: int) -> None:
    shown = escape(text, limit)
    assert len(shown) <= limit
    assert not re.search(r"[<>`\n]|&(?!amp;|lt;|gt;)", shown)


@given(st.text(max_size=100))
def test_what_fits_is_not_cut(text: str) -> None:
    plain = escape(text, 1000).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain == clean(text)


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        pytest.param(8, "checkout", id="it fits"),
        pytest.param(7, "checko…", id="it is cut"),
        pytest.param(1, "…", id="hardly any room"),
        pytest.param(0, "", id="no room"),
    ],
)
def test_cut(limit: int, shown: str) -> None:
    assert cut("checkout", limit) == shown


@pytest.mark.parametrize(
    ("made", "markup"),
    [
        pytest.param(code("app"), "`app`", id="code"),
        pytest.param(code("a`b`<!here>"), "`a'b'&lt;!here&gt;`", id="code that cannot be left"),
        pytest.param(code(""), "–", id="no code"),
        pytest.param(bold(escape("a<b")), "*a&lt;b*", id="bold"),
        pytest.param(struck("Open"), "~Open~", id="struck through"),
        pytest.param(link("https://aws/?a=1&b=2", "Task"), "<https://aws/?a=1&amp;b=2|Task>", id="link"),
        pytest.param(
            link("https://aws/<!here>|", "a|b>"), "<https://aws/%3C!here%3E%7C|a¦b&gt;>", id="hostile link"
        ),
        pytest.param(link("javascript:alert(1)", "Task"), "Task", id="an address that is none"),
        pytest.param(link("", "Task"), "Task", id="no address"),
        pytest.param(link("https://aws/", ""), "<https://aws/|link>", id="no label"),
        pytest.param(mention("U0ALICE01"), "<@U0ALICE01>", id="user"),
        pytest.param(mention("W0ALICE01"), "<@W0ALICE01>", id="user of a grid"),
        pytest.param(mention("S0PAYMENTS"), "<!subteam^S0PAYMENTS>", id="user group"),
        pytest.param(mention("<!subteam^S0PAYMENTS>"), "<!subteam^S0PAYMENTS>", id="finished mention"),
        pytest.param(mention("<!channel>"), "&lt;!channel&gt;", id="broad mention"),
        pytest.param(
            mention("<@U0ALICE01> <!here>"), "&lt;@U0ALICE01&gt; &lt;!here&gt;", id="mention and more"
        ),
        pytest.param(mention("alice"), "alice", id="a name"),
        pytest.param(mention(""), "", id="nobody"),
    ],
)
def test_pieces(made: str, markup: str) -> None:
    assert made == markup


@pytest.mark.parametrize(
    ("style", "tokens"),
    [
        pytest.param(DateStyle.WHEN, "{date_short_pretty} at {time}", id="when"),
        pytest.param(DateStyle.TIME, "{time}", id="time"),
        pytest.param(DateStyle.AGO, "{ago}", id="ago"),
    ],
)
def test_dates_are_shown_in_the_readers_zone_and_fall_back_to_utc(style: DateStyle, tokens: str) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=9)))
    assert date(local, style) == f"<!date^1795262400^{tokens}|2026-11-21 12:00 UTC>"


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param("at 97 % of 512 MiB", "at 97~% of 512~MiB", id="a number keeps its unit"),
        pytest.param("*2,048 → 3,072 MiB*", "*2,048~→~3,072~MiB*", id="from and to stay together"),
        pytest.param("after 31–33 min, 0.5 vCPU", "after 31–33~min, 0.5~vCPU", id="times and processors"),
        pytest.param(
            "3 settings, 5 d-days, a % b", "3 settings, 5 d-days, a % b", id="words that begin alike"
        ),
        pytest.param(
            "`sleep 5 s` 5 s ```7 h```", "`sleep 5 s` 5~s ```7 h```", id="what may be copied is left"
        ),
        pytest.param("7 kills in\n42 min", "7 kills in\n42~min", id="lines stay lines"),
    ],
)
def test_no_line_ends_inside_an_amount(markup: str, shown: str) -> None:
    assert unbroken(markup) == shown.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("peak 1,946 MiB", "_peak 1,946 MiB_", id="in italics"),
        pytest.param(
            "JAVA_TOOL_OPTIONS=-Xmx3g", "`JAVA_TOOL_OPTIONS=-Xmx3g`", id="underscores would end them"
        ),
        pytest.param("", "", id="nothing"),
    ],
)
def test_aside(text: str, shown: str) -> None:
    assert aside(text) == shown
