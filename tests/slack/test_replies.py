"""The thread under an alert: who is told, and what is never repeated there."""

import pytest

from bot.domain.incident.incident import Resolution
from bot.domain.kills.verdict import Verdict
from bot.slack import replies
from tests.slack.block_kit import texts
from tests.slack.gallery import REPLIES
from tests.slack.incidents import ALICE, BOB, OWNER, death, deaths, resolved, silence, story


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in REPLIES])
def test_only_a_reopening_is_shown_in_the_channel(name: str) -> None:
    assert REPLIES[name].broadcast is (name == "reopened")


@pytest.mark.parametrize(
    ("why", "person"),
    [
        pytest.param(Resolution.BY_PERSON, ALICE, id="by a person"),
        pytest.param(Resolution.NOT_AN_OOM, ALICE, id="not an OOM"),
        pytest.param(Resolution.QUIET, "", id="by itself"),
    ],
)
def test_resolving_notifies_nobody(why: Resolution, person: str) -> None:
    said = texts(replies.resolved(story(deaths(3), **resolved(why, person))).as_arguments()["blocks"])
    assert not any("<@" in text or "<!subteam" in text for text in said)


def test_beginning_a_silence_notifies_nobody_and_its_end_tells_who_asked_for_it() -> None:
    (began,) = texts(replies.silence_began(silence()).as_arguments()["blocks"])
    (ended,) = texts(replies.silence_ended(story(deaths(3)), silence()).as_arguments()["blocks"])
    assert "<@" not in began
    assert f"<@{BOB}>" in ended


def test_a_reopening_tells_the_owner_again() -> None:
    (said,) = texts(replies.reopened(story(deaths(3), reopened_count=1)).as_arguments()["blocks"])
    assert f"<!subteam^{OWNER}>" in said


def test_a_reopening_by_a_suspected_kill_says_may() -> None:
    (said,) = texts(
        replies.reopened(story(deaths(1), verdict=Verdict.SUSPECTED_OOM)).as_arguments()["blocks"]
    )
    assert "may have been killed for memory again" in said


def test_a_further_kill_is_told_with_its_number_and_its_page() -> None:
    message = replies.further_kill(story(deaths(3)), death(), 3)
    assert message.text == "Kill 3 of checkout-api / app after 31 min, exit code 137."
    (said,) = texts(message.as_arguments()["blocks"])
    assert "/tasks/70000000000000000000000000000000/configuration?region=eu-west-1|70000000>" in said


def test_the_details_hold_the_whole_reason() -> None:
    reason = "OutOfMemoryError: " + "x" * 800
    said = texts(replies.details(story([death(reason=reason)])).as_arguments()["blocks"])
    assert any(reason in text for text in said)
