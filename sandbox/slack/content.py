"""Content: what a message says, checked by Slack's rules wherever it comes from."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.slack import limits
from sandbox.slack.conversation import Json
from sandbox.slack.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Content:
    """Text, blocks and attachments of a message. None: not given."""

    text: str
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @classmethod
    def of(cls, fields: Json) -> "Content":
        """Take the content from arguments or a response body; Refusal if Slack would not show it."""
        text, markdown = fields.get("text") or "", fields.get("markdown_text")
        blocks, attachments = fields.get("blocks"), fields.get("attachments")
        if markdown and (text or blocks):
            raise Refusal("markdown_text_conflict")
        if not (text or markdown or blocks or attachments):
            raise Refusal("no_text")
        _check_metadata(fields.get("metadata"))
        shown = (markdown or text)[: limits.TEXT_TRUNCATED]
        return cls(shown, with_ids(blocks), _numbered(attachments), fields.get("metadata"))


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    shape = metadata.get("event_type"), metadata.get("event_payload")
    if set(metadata) - {"event_type", "event_payload", "entities"} or not isinstance(shape[0], str):
        raise Refusal("invalid_metadata_format")
    if not shape[0] or not isinstance(shape[1], dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > limits.METADATA_BYTES:
        raise Refusal("metadata_too_large")


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


def _numbered(attachments: list[Json] | None) -> list[Json] | None:
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
