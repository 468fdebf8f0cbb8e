"""Advice: what Slack takes but a person on call would rather not get; yellow lines in the wire log."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.slack import limits
from sandbox.slack.content import elements
from sandbox.slack.conversation import Json, Message

SAYS_NOTHING = re.compile(
    r"(an? |the )?(image|chart|graph|plot|picture|photo|screenshot|diagram)s?|[\w-]+\.\w{3,4}", re.IGNORECASE
)
LINK = re.compile(r"https?://")


def _tops(fields: Json) -> list[Json]:
    """All blocks of a message, those in attachments included."""
    attached = (block for one in fields.get("attachments") or [] for block in one.get("blocks", []))
    return [*(fields.get("blocks") or []), *attached]


def on_message(fields: Json) -> Iterator[str]:
    """What could be better about any message."""
    text, blocks = fields.get("text") or fields.get("markdown_text") or "", _tops(fields)
    parts = [*blocks, *(element for block in blocks for element in elements(block))]
    if not text and (blocks or fields.get("attachments")):
        yield "no `text`: pushes, search and screen readers get nothing"
    if len(text) > limits.LINT_TEXT:
        yield f"`text` has {len(text)} characters: a push shows the first {limits.LINT_TEXT} at best"
    for name in ("username", "icon_emoji", "icon_url"):
        if name in fields:
            yield f"`{name}` changes nothing: it needs chat:write.customize, which the sandbox does not play"
    for part in parts:
        if "alt_text" in part and SAYS_NOTHING.fullmatch(part["alt_text"].strip()):
            yield f"alt_text {part['alt_text']!r} does not say what the picture shows"
    buttons = [part["text"]["text"] for part in parts if part.get("type") == "button"]
    for label in buttons:
        if len(label) > limits.LINT_LABEL:
            yield f"button label {label!r} may be cut at {limits.LINT_LABEL} characters"
    if len(buttons) > limits.LINT_BUTTONS:
        yield f"{len(buttons)} buttons: more than {limits.LINT_BUTTONS} do not fit a phone; use an overflow menu"


def on_post(fields: Json) -> Iterator[str]:
    """What could be better about a new message in a channel."""
    yield from on_message(fields)
    says = json.dumps([fields.get("text"), _tops(fields)])
    if LINK.search(says) and not (
        fields.get("unfurl_links") is False and fields.get("unfurl_media") is False
    ):
        yield "links may unfurl under the message: set unfurl_links and unfurl_media to false"


def on_update(fields: Json, old: Message) -> Iterator[str]:
    """What could be better about a change of a message."""
    yield from on_message(fields)
    before = {
        block.get("block_id"): block
        for block in _tops({"blocks": old.blocks, "attachments": old.attachments})
    }
    for block in _tops(fields):
        earlier = before.get(block.get("block_id", ""))
        if earlier and _bare(earlier) != _bare(block):
            yield f"block_id {block['block_id']!r} is used again for other content: clients may keep the old one"
    same = (fields.get("text"), _bare(fields.get("blocks") or None)) == (old.text, _bare(old.blocks))
    colors = [
        [one.get("color") for one in some or []] for some in (fields.get("attachments"), old.attachments)
    ]
    if same and colors[0] and colors[0] != colors[1]:
        yield "only the color changed: say the state in words too"


def _bare(value: Any) -> Any:
    """The value without the ids that Slack may have given to its parts."""
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _bare(one) for name, one in value.items() if name not in ("block_id", "action_id")}
