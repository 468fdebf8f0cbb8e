"""Mrkdwn, dates and emoji, as the browser draws them."""

import pytest
from playwright.async_api import Page

from tests.sandbox.page.desk import IN_CHROMIUM
from tests.sandbox.page.snapshot import ALERTS, ALICE, BOB, NOW

pytestmark = IN_CHROMIUM

DRAW = """async ([module, name, text]) => {
  const [{ show }, drawing] = await Promise.all([import('/page/static/dom.js'), import(`/page/static/${module}.js`)]);
  const users = {U0ALICE: {id: 'U0ALICE', name: 'alice'}, U0BOB: {id: 'U0BOB', name: 'bob'}};
  const page = {
    user: (id) => users[id], channel: (id) => id === 'C0ALERTS' ? {id, name: 'oom-alerts'} : undefined,
    snapshot: {me: 'U0ALICE', usergroups: [{id: 'S0PAY', handle: 'payments', users: ['U0ALICE']}]},
    clock: {zone: 'Europe/Berlin', now: NOW * 1000},
  };
  const root = document.createElement('div');
  show(root, drawing[name](text, page));
  for (const el of root.querySelectorAll('*'))
    for (const {name} of [...el.attributes]) if (!['class', 'href'].includes(name)) el.removeAttribute(name);
  return root.innerHTML;
}""".replace("NOW", str(NOW))


async def drawn(blank: Page, module: str, name: str, text: str) -> str:
    html: str = await blank.evaluate(DRAW, [module, name, text])
    return html


MRKDWN = [
    pytest.param("*bold* _it_ ~gone~", "<b>bold</b> <i>it</i> <s>gone</s>", id="the three marks"),
    pytest.param("*_both_*", "<b><i>both</i></b>", id="marks within marks"),
    pytest.param(
        "2*3*4 snake_case_name a~b~c", "2*3*4 snake_case_name a~b~c", id="marks within words are text"
    ),
    pytest.param("* not bold *", "* not bold *", id="marks beside spaces are text"),
    pytest.param("*a\nb*", "*a<br>b*", id="marks end with their line"),
    pytest.param("`*raw* &lt;b&gt;`", "<code>*raw* &lt;b&gt;</code>", id="code is left alone"),
    pytest.param("*see `a*b`*", "<b>see <code>a*b</code></b>", id="a star within code ends nothing"),
    pytest.param("```\nx = *1*\n\ny\n```", "<pre>x = *1*\n\ny</pre>", id="a fence"),
    pytest.param("a\n```b```\nc", "a<pre>b</pre>c", id="a fence between lines"),
    pytest.param("&gt; one\n&gt;two\nafter", "<blockquote>one<br>two</blockquote>after", id="a quote"),
    pytest.param(
        "&gt;&gt;&gt; one\n\ntwo", "<blockquote>one<br><br>two</blockquote>", id="a quote to the end"
    ),
    pytest.param(
        "<https://x.test/?a=1&amp;b=2|*go*>",
        '<a href="https://x.test/?a=1&amp;b=2"><b>go</b></a>',
        id="a labelled link",
    ),
    pytest.param(
        "see https://x.test/a_b_c.",
        'see <a href="https://x.test/a_b_c">https://x.test/a_b_c</a>.',
        id="a bare link",
    ),
    pytest.param("<javascript:alert(1)|click>", "click", id="a link that would run something"),
    pytest.param("<b>", "&lt;b&gt;", id="what is no link stays text"),
    pytest.param(
        "&lt;img src=x onerror=alert(1)&gt;", "&lt;img src=x onerror=alert(1)&gt;", id="markup stays text"
    ),
    pytest.param("&amp;lt;", "&amp;lt;", id="escaped twice is unescaped once"),
    pytest.param(f"<@{BOB}>", '<span class="mention">@bob</span>', id="someone"),
    pytest.param(f"<@{ALICE}>", '<span class="mention me">@alice</span>', id="me"),
    pytest.param("<@U0GONE|zoe>", '<span class="mention">@zoe</span>', id="someone unknown"),
    pytest.param(f"<#{ALERTS}>", '<button class="mention link">#oom-alerts</button>', id="a channel"),
    pytest.param("<#C0GONE|old>", '<span class="mention">#old</span>', id="an unknown channel"),
    pytest.param("<!subteam^S0PAY>", '<span class="mention me">@payments</span>', id="my group"),
    pytest.param(
        "<!here> <!channel|x>",
        '<span class="mention me">@here</span> <span class="mention me">@channel</span>',
        id="everyone here",
    ),
    pytest.param(":wave::skin-tone-3: :no_such:", '<span class="emoji">👋🏼</span> :no_such:', id="emoji"),
    pytest.param(
        f"<!date^{NOW}^{{date_short_pretty}} at {{time}}|then>",
        "<time>Today at 09:30</time>",
        id="a date, in Berlin",
    ),
    pytest.param(
        f"<!date^{NOW}^{{time}}^https://x.test|then>",
        '<a href="https://x.test"><time>09:30</time></a>',
        id="a date that links",
    ),
    pytest.param("<!date^soon^{time}|then>", "<time>then</time>", id="a date that is none"),
]


@pytest.mark.parametrize(("text", "html"), MRKDWN)
async def test_mrkdwn(blank: Page, text: str, html: str) -> None:
    assert await drawn(blank, "mrkdwn", "mrkdwn", text) == html


MARKDOWN = [
    pytest.param(
        "**b** *i* ~~s~~ `c`", '<p class="rich"><b>b</b> <i>i</i> <s>s</s> <code>c</code></p>', id="marks"
    ),
    pytest.param("# T\ntext", '<div class="heading h1">T</div><p class="rich">text</p>', id="a heading"),
    pytest.param(
        "- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", id="a list within a list"
    ),
    pytest.param("3. a\n4. b", "<ol><li>a</li><li>b</li></ol>", id="a numbered list"),
    pytest.param("```py\nx **1**\n```", "<pre>x **1**</pre>", id="a fence"),
    pytest.param("```\nnever closed", "<pre>never closed</pre>", id="a fence without end"),
    pytest.param("> q\n> r", '<blockquote><p class="rich">q<br>r</p></blockquote>', id="a quote"),
    pytest.param("a\n\n---\nb", '<p class="rich">a</p><hr><p class="rich">b</p>', id="a rule"),
    pytest.param("[x](javascript:1) <i>", '<p class="rich">x &lt;i&gt;</p>', id="nothing runs"),
    pytest.param(r"\*no\*", '<p class="rich">*no*</p>', id="escaped marks"),
    pytest.param(
        "|a|b|\n|-|:-:|\n|1|2|",
        '<div class="table-wrap"><table><thead><tr><th>a</th><th>b</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>",
        id="a table",
    ),
]


@pytest.mark.parametrize(("text", "html"), MARKDOWN)
async def test_markdown(blank: Page, text: str, html: str) -> None:
    assert await drawn(blank, "markdown", "markdown", text) == html


DAY = 86_400
DATES = [
    pytest.param("{date_num} {time_secs}", NOW, "2026-11-21 09:30:00", id="figures"),
    pytest.param("{date}", NOW, "November 21st, 2026", id="date"),
    pytest.param("{date_short}", NOW, "Nov 21, 2026", id="short"),
    pytest.param("{date_long}", NOW, "Saturday, November 21st, 2026", id="long"),
    pytest.param("{date_long_pretty}", NOW - DAY, "Yesterday", id="yesterday begins a sentence"),
    pytest.param("due {date_pretty}", NOW + DAY, "due tomorrow", id="tomorrow within one"),
    pytest.param("{date_pretty}", NOW - 2 * DAY, "November 19th, 2026", id="pretty but further away"),
    pytest.param("{ago}", NOW - 190, "3 minutes ago", id="ago"),
    pytest.param("{time}", NOW + 15.5 * 3600, "01:00", id="after midnight in Berlin"),
    pytest.param("{date_pretty}", NOW + 15 * 3600, "Tomorrow", id="tomorrow in Berlin, still today in UTC"),
    pytest.param("{nonsense}", NOW, "{nonsense}", id="an unknown token stays"),
    pytest.param("{time}", "x", "fallback", id="no moment"),
]


@pytest.mark.parametrize(("form", "moment", "text"), DATES)
async def test_dates(blank: Page, form: str, moment: object, text: str) -> None:
    script = f"""async ([form, moment]) => (await import('/page/static/dates.js'))
        .formatDate(moment, form, 'fallback', {{zone: 'Europe/Berlin', now: {NOW} * 1000}})"""
    assert await blank.evaluate(script, [form, moment]) == text


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param("2026-07-01T12:00", id="summer"),
        pytest.param("2026-12-01T00:00", id="winter midnight"),
        pytest.param("2026-10-25T04:00", id="just after the clocks went back"),
    ],
)
async def test_a_reading_of_the_clock_survives_there_and_back(blank: Page, wall: str) -> None:
    script = """async (wall) => { const dates = await import('/page/static/dates.js');
        return dates.wallTime(dates.fromWallTime(wall, 'Europe/Berlin'), 'Europe/Berlin'); }"""
    assert await blank.evaluate(script, wall) == wall


async def test_the_emoji_people_use_are_there(blank: Page) -> None:
    script = """async () => { const { EMOJI, emoji } = await import('/page/static/emoji.js');
        const odd = [...EMOJI].filter(([name, it]) => !/^[\\w+-]+$/.test(name) || !/\\p{Emoji}/u.test(it) || /[a-z]/.test(it));
        return [EMOJI.size, odd, emoji('100'), emoji('+1', '6'), emoji('one'), emoji('point_up', '2'), emoji('fire', '2')]; }"""
    size, odd, *samples = await blank.evaluate(script)
    assert size > 300
    assert odd == []
    assert samples == ["💯", "👍🏿", "1️⃣", "☝🏻", "🔥"]
