"""Content: what a message says, and the ids that Slack gives to its parts."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.slack.conversation import Json, Message
from sandbox.slack.people import BOT_USER


@dataclass(frozen=True, slots=True)
class Content:
    """Text, blocks and attachments of a message. None: not given."""

    text: str
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    def said(self, ts: str, **fields: Any) -> Message:
        """A message of the app's with this content; `fields` are further ones of Message."""
        own: Json = {
            "text": self.text,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "metadata": self.metadata,
        }
        return Message(ts=ts, user=BOT_USER, **own, **fields)


def elements(block: Json) -> Iterator[Json]:
    """The elements of a block, those of blocks inside it included."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    nested = [*block.get("elements", []), *block.get("actions", []), *block.get("child_blocks", [])]
    for inner in nested:
        yield inner
        yield from elements(inner)


def with_ids(blocks: list[Json] | None) -> list[Json] | None:
    """The blocks with the block_ids and action_ids that Slack gives to those without."""
    if not blocks:
        return None
    copies: list[Json] = json.loads(json.dumps(blocks))
    for block in copies:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for child in block.get("child_blocks", []):
            child.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements(block):
            if element.get("type") in INTERACTIVE:
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return copies


def numbered(attachments: list[Json] | None) -> list[Json] | None:
    """Attachments with the ids that Slack gives them, from 1."""
    if not attachments:
        return None
    return [
        attachment
        | {"id": number}
        | ({"blocks": with_ids(attachment["blocks"])} if "blocks" in attachment else {})
        for number, attachment in enumerate(attachments, 1)
    ]


# Of each interactive element: the field of its value in state.values, and the field that sets it at first.
INTERACTIVE: dict[str, tuple[str, str]] = {
    "button": ("value", ""),
    "icon_button": ("value", ""),
    "feedback_buttons": ("value", ""),
    "workflow_button": ("value", ""),
    "overflow": ("selected_option", ""),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
PRESSED = frozenset(
    {"button", "icon_button", "feedback_buttons", "workflow_button", "overflow"}
)  # keep no state
