"""A test of the path in the channel: within Slack's rules, and nobody takes it for an incident."""

from dataclasses import replace

import pytest

from bot.slack import drill
from bot.slack.message import Message
from tests.slack.answers.checkup_gallery import EVIL, SHOWN
from tests.slack.block_kit import complaints, texts

BOTH = [pytest.param(drill.test_message, id="fresh"), pytest.param(drill.folded, id="folded")]


@pytest.mark.parametrize("render", BOTH)
@pytest.mark.parametrize("who", ["U0ALICE", EVIL], ids=["usual", "hostile"])
def test_it_keeps_the_rules_and_begins_with_what_it_is(render: type[Message], who: str) -> None:
    message = render(replace(SHOWN, user=who)).as_arguments()  # type: ignore[call-arg, arg-type]
    assert complaints(message) == []
    assert message["text"].startswith("Test, not an incident")
    shown = texts([*message["blocks"], *message["attachments"]])
    assert "Test, not an incident" in shown[0]
    assert not any("<!" in one.replace("<!date", "") for one in shown)


def test_folded_it_is_one_line() -> None:
    message = drill.folded(SHOWN).as_arguments()
    assert ([block["type"] for block in message["blocks"]], message["attachments"]) == (["context"], [])
