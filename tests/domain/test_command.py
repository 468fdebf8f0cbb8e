"""What a person types after `/oom`, and what it means."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command.command import (
    Acknowledge,
    AddSilence,
    Command,
    EndSilence,
    Help,
    ListIncidents,
    ListSilences,
    Misuse,
    Overview,
    Resolve,
    Stats,
    Top,
    Window,
)
from bot.domain.command.grammar import parse
from bot.domain.command.typed import LAST_PAGE
from bot.domain.command.verb import BY_WORD, VERBS

HOURS, WEEKS = timedelta(hours=1), timedelta(weeks=1)

UNDERSTOOD = [
    pytest.param("", Overview(), id="nothing at all"),
    pytest.param(
        "\u200e\u2068top\u2069\u200f", Top(), id="marks of the writing direction, as copied text has them"
    ),
    pytest.param("  \u00a0 ", Overview(), id="only blanks"),
    pytest.param("stats checkout", Stats("checkout"), id="stats look back a week"),
    pytest.param("stats checkout 24h", Stats("checkout", Window.DAY), id="a day"),
    pytest.param("stats checkout 1d", Stats("checkout", Window.DAY), id="a day in other words"),
    pytest.param("stats checkout 1w", Stats("checkout", Window.WEEK), id="a week in other words"),
    pytest.param(
        "STATS checkout 30D", Stats("checkout", Window.MONTH), id="a phone that begins with capitals"
    ),
    pytest.param("stats prod/checkout 30d", Stats("prod/checkout", Window.MONTH), id="cluster and service"),
    pytest.param('stats "check out"', Stats("check out"), id="blanks in quotes"),
    pytest.param("stats “check out” 7d", Stats("check out"), id="a phone's smart quotes"),
    pytest.param('stats "checkout', Stats("checkout"), id="a quote that is never closed"),
    pytest.param("stats `checkout`", Stats("checkout"), id="pasted as code"),
    pytest.param(
        "stats chec\u200bkout\u00a07d", Stats("checkout"), id="invisible characters from a wiki page"
    ),
    pytest.param("stats a&amp;b", Stats("a&b"), id="escaped by Slack"),
    pytest.param(
        "stats <https://checkout.io|checkout.io>", Stats("checkout.io"), id="taken for a link by Slack"
    ),
    pytest.param("stats <@U0ALICE01|alice>", Stats("alice"), id="a service named like a person"),
    pytest.param(
        "stats arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout 24h",
        Stats("arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout", Window.DAY),
        id="an ARN from the console",
    ),
    pytest.param("list", ListIncidents(), id="list"),
    pytest.param("incidents 2", ListIncidents(2), id="another word for list"),
    pytest.param("list 0", ListIncidents(1), id="pages count from one"),
    pytest.param("list 999999999999", ListIncidents(LAST_PAGE), id="a page beyond reason"),
    pytest.param("top", Top(), id="top"),
    pytest.param("top 24h", Top(Window.DAY), id="top of a day"),
    pytest.param("ack 12", Acknowledge(12), id="a number"),
    pytest.param("ack #12", Acknowledge(12), id="a number as the alert shows it"),
    pytest.param("ack checkout", Acknowledge("checkout"), id="a name"),
    pytest.param("resolve #7", Resolve(7), id="resolve"),
    pytest.param(
        "silence checkout", AddSilence("checkout", 3 * HOURS), id="three hours unless said otherwise"
    ),
    pytest.param("silence checkout 90m", AddSilence("checkout", 1.5 * HOURS), id="minutes"),
    pytest.param("silence checkout 1h", AddSilence("checkout", HOURS), id="the shortest"),
    pytest.param("silence checkout 2w", AddSilence("checkout", 2 * WEEKS), id="the longest"),
    pytest.param("silence checkout 14days", AddSilence("checkout", 2 * WEEKS), id="the longest in days"),
    pytest.param(
        "silence checkout 8h load test, ask Bob",
        AddSilence("checkout", 8 * HOURS, "load test, ask Bob"),
        id="a time and a reason",
    ),
    pytest.param(
        "snooze checkout we know", AddSilence("checkout", 3 * HOURS, "we know"), id="a reason and no time"
    ),
    pytest.param(
        "silence checkout 1d don’t wake me",
        AddSilence("checkout", 24 * HOURS, "don't wake me"),
        id="an apostrophe is no quote",
    ),
    pytest.param("silences", ListSilences(), id="silences"),
    pytest.param("unsilence #3", EndSilence(3), id="unsilence"),
    pytest.param("help", Help(), id="help"),
    pytest.param("help silence", Help(BY_WORD["silence"]), id="help on one verb"),
    pytest.param("help nonsense", Help(), id="help on what does not exist"),
    pytest.param("?", Help(), id="a question mark"),
]


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_understands(typed: str, meant: Command) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "problem", "example"),
    [
        pytest.param("stats", "Which service", "stats checkout 7d", id="stats of what"),
        pytest.param(
            "stats checkout 3d", "24h, 7d or 30d", "stats checkout 7d", id="a window that there is not"
        ),
        pytest.param("stats check out 7d", "in quotes", "stats checkout 7d", id="blanks without quotes"),
        pytest.param("stats " + "x" * 701, "too long", "stats checkout 7d", id="longer than any name"),
        pytest.param("top checkout", "24h, 7d or 30d", "top 7d", id="top of one"),
        pytest.param("list all", "number of a page", "list", id="a page that is no number"),
        pytest.param("ack", "Which incident", "ack #12", id="acknowledge what"),
        pytest.param("resolve 1 2", "Which incident", "resolve #12", id="two at once"),
        pytest.param("silence", "Which service", "silence checkout", id="silence what"),
        pytest.param("silence checkout 30m", "1h to 2w", "silence checkout", id="too short to be of use"),
        pytest.param("silence checkout 15d", "1h to 2w", "silence checkout", id="too long to be remembered"),
        pytest.param("silence checkout forever", "always ends", "silence checkout", id="for ever"),
        pytest.param(
            "silence checkout 3x", "no time that I know", "silence checkout", id="a slip of the finger"
        ),
        pytest.param("unsilence checkout", "Which silence", "unsilence 3", id="by name"),
        pytest.param("sats checkout 7d", "Did you mean “stats”", "stats checkout 7d", id="a typing error"),
        pytest.param("checkout", "is no verb", "stats checkout", id="only a name"),
        pytest.param("what is wrong", "starts with one of", "help", id="a question in prose"),
    ],
)
def test_explains_what_is_wrong_with_an_example(typed: str, problem: str, example: str) -> None:
    misuse = parse(typed)
    assert isinstance(misuse, Misuse)
    assert problem in misuse.problem
    assert misuse.example.startswith(example)
    assert not isinstance(parse(misuse.example), Misuse)


@pytest.mark.parametrize("verb", [pytest.param(verb, id=verb.name) for verb in VERBS])
def test_every_verb_has_an_example_that_works(verb: object) -> None:
    assert not isinstance(parse(BY_WORD[getattr(verb, "name", "")].example), Misuse)


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD)
def test_a_button_can_carry_every_command(typed: str, meant: Command) -> None:
    assert parse(meant.typed) == meant


@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*BY_WORD, "3h", "#1", '"', "<", "|>"])).map(" ".join)
)
def test_never_fails_and_never_shows_back_more_than_a_line(typed: str) -> None:
    command = parse(typed)
    if isinstance(command, Misuse):
        assert len(command.problem) < 300
