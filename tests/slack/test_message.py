"""Messages as arguments for Slack, and the digest by which two of them are the same."""

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.models.metadata import Metadata

from bot.slack.alert import alert
from bot.slack.blocks import section
from bot.slack.message import Message
from tests.slack.incidents import deaths, story


def test_arguments_keep_nothing_of_an_older_message() -> None:
    assert Message("Done.", [section("*Done*", block_id="a")]).as_arguments() == {
        "text": "Done.",
        "blocks": [
            {
                "type": "section",
                "block_id": "a",
                "text": {"type": "mrkdwn", "text": "*Done*", "verbatim": True},
            }
        ],
        "attachments": [],  # chat.update keeps attachments that are not mentioned
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_arguments_with_all_that_there_is() -> None:
    message = Message(
        "Done.",
        [section("*Done*")],
        attachments=[BlockAttachment(blocks=[section("more")], color="#2eb886")],
        metadata=Metadata("thing", {"id": "1"}),
        broadcast=True,
    )
    arguments = message.as_arguments()
    assert [attachment["color"] for attachment in arguments["attachments"]] == ["#2eb886"]
    assert arguments["metadata"] == {"event_type": "thing", "event_payload": {"id": "1"}}
    assert arguments["reply_broadcast"] is True


def test_the_digest_does_not_see_block_ids() -> None:
    older, newer = (alert(story(deaths(2), generation=generation)) for generation in (7, 8))
    assert older.as_arguments() != newer.as_arguments()
    assert older.digest() == newer.digest()


def test_the_digest_sees_words_colours_and_what_a_button_does() -> None:
    def button(value: str) -> ActionsBlock:
        return ActionsBlock(
            elements=[ButtonElement(text="Resolve", action_id="incident.resolve", value=value)]
        )

    messages = [
        Message("Done.", [section("*Done*")]),
        Message("Done!", [section("*Done*")]),
        Message("Done.", [section("Done")]),
        Message("Done.", [section("*Done*"), button("1")]),
        Message("Done.", [section("*Done*"), button("2")]),
        Message("Done.", [section("*Done*")], [BlockAttachment(blocks=[section("x")], color="#2eb886")]),
        Message("Done.", [section("*Done*")], [BlockAttachment(blocks=[section("x")], color="#a30200")]),
    ]
    assert len({message.digest() for message in messages}) == len(messages)


def test_the_digest_is_the_same_tomorrow() -> None:
    """Slack is updated once more after every release that changes it: change it knowingly."""
    assert (
        Message("Done.", [section("*Done*")]).digest()
        == "8eb25493ebdf9ccd4a1084f2b78da386143e5a8150e3d8262e396471f4340803"
    )
