"""What a person types for a report, in any order."""

import pytest

from bot.domain.command.command import Misuse
from bot.domain.command.grammar import parse
from bot.domain.command.report_grammar import AskReport


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("report", AskReport(), id="of here, of a week"),
        pytest.param("report 30d", AskReport(30), id="of a month"),
        pytest.param("report #team-pay 30D", AskReport(30, name="team-pay"), id="a channel's name first"),
        pytest.param("report C0123456789", AskReport(channel="C0123456789"), id="a channel's id"),
        pytest.param(
            "report <#C0123456789|team-pay>", AskReport(name="team-pay"), id="a channel as Slack writes it"
        ),
        pytest.param(
            "report 7d C0123456789 #team-pay --csv",
            AskReport(7, "C0123456789", "team-pay", is_csv=True),
            id="both, as our own buttons say it",
        ),
        pytest.param("report —csv", AskReport(is_csv=True), id="a phone's long dash"),
        pytest.param("weekly ALL csv", AskReport(channel="all", is_csv=True), id="all, as a file"),
    ],
)
def test_understood(typed: str, meant: AskReport) -> None:
    assert parse(typed) == meant
    assert parse(meant.typed) == meant


@pytest.mark.parametrize(
    "typed", ["report 24h", "report 7d 30d", "report #a #b", "report checkout api", "report 2"]
)
def test_not_understood(typed: str) -> None:
    assert isinstance(parse(typed), Misuse)


@pytest.mark.parametrize(
    ("channel", "is_meant"),
    [
        pytest.param("C0123456789", True, id="by its id"),
        pytest.param("#team-pay", True, id="by its name with a hash"),
        pytest.param("team-pay", True, id="by its name"),
        pytest.param("team", False, id="another one"),
        pytest.param("", False, id="none"),
    ],
)
def test_means(channel: str, is_meant: bool) -> None:
    assert AskReport(7, "C0123456789", "team-pay").means(channel) is is_meant
