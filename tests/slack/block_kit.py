"""Block Kit: what Slack accepts, checked to the bottom (slack_sdk's models look at the outermost level only).

Numbers: docs.slack.dev/reference/block-kit; the total is measured, not published (slackapi/bolt-js#2509).
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
MOST_IN_ALL = 13_200
# Markup that we put in ourselves; everything else that starts like a mention must have been escaped.
OURS = re.compile(
    r"<(?:#[CG][A-Z0-9]{2,30}|@[UW][A-Z0-9]{2,30}|!subteam\^S[A-Z0-9]{2,30}|!date\^\d+\^[^|<>]+\|[^<>]+|https://[^|<>]+\|[^<>]*)>"
)
LENGTHS = {  # (type of the thing, name of its member): most characters
    ("button", "value"): 2000,
    ("button", "url"): 3000,
    ("option", "value"): 150,
    ("option", "url"): 3000,
}
TEXTS = {"section": 3000, "field": 2000, "context": 3000, "button": 75, "option": 75}
MEMBERS = {
    "section": {"type", "block_id", "text", "fields", "accessory"},
    "context": {"type", "block_id", "elements"},
    "actions": {"type", "block_id", "elements"},
    "button": {"type", "text", "action_id", "value", "url", "style", "confirm"},
    "overflow": {"type", "action_id", "options"},
    "option": {"text", "value", "url"},
}


def complaints(message: Json) -> list[str]:
    """Everything that Slack, or our own rules beyond it, would not like about these arguments; [] if nothing."""
    found = [*_text(message)]
    blocks = list(message["blocks"])
    for attachment in message["attachments"]:
        if not re.fullmatch(r"#[0-9a-f]{6}", attachment["color"]):
            found.append("colour")
        blocks += attachment["blocks"]
    if not 1 <= len(blocks) <= 50:
        found.append(f"{len(blocks)} blocks")
    for block in blocks:
        found += _block(block)
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("block_id twice")
    if sum(len(text) for text in texts(message["blocks"]) + texts(message["attachments"])) > MOST_IN_ALL:
        found.append("too long in all")
    controls = [control for block in blocks for control in _controls(block)]
    if len(controls) > 4:
        found.append("more than four controls")
    for markup in [message["text"], *texts(message["blocks"]), *texts(message["attachments"])]:
        if re.search(r"[<>]", OURS.sub("", markup)):
            found.append(f"markup that is not ours: {markup!r}")
    return found


def texts(value: Any) -> list[str]:
    """Every text that is shown, however deep, as it is read: of a blank nobody sees that no line ends there."""
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    if isinstance(value, dict):
        inner = [text for member in value.values() if not isinstance(member, str) for text in texts(member)]
        own = value.get("text")
        return [*inner, *([own.replace("\u00a0", " ")] if isinstance(own, str) else [])]
    return []


def _text(message: Json) -> Iterator[str]:
    text = message["text"]
    if not 1 <= len(text) <= 300:
        yield f"text of {len(text)} characters"
    if re.search(r"[<>\n]", text):
        yield f"markup in the push: {text!r}"
    if message.get("unfurl_links") is not False or message.get("unfurl_media") is not False:
        yield "unfurls"


def _block(block: Json) -> Iterator[str]:
    kind = block["type"]
    yield from _members(kind, block)
    if len(block.get("block_id", "")) > 255:
        yield "block_id"
    if kind == "section":
        yield from _section(block)
    elif kind == "context":
        if not 1 <= len(block["elements"]) <= 10:
            yield "elements of a context"
        for element in block["elements"]:
            yield from _shown(kind, element, "mrkdwn")
    for control in _controls(block):
        yield from _control(control)


def _section(block: Json) -> Iterator[str]:
    fields = block.get("fields", ())
    if "text" in block:
        yield from _shown("section", block["text"], "mrkdwn")
    elif not fields:
        yield "a section of nothing"
    if len(fields) > 10:
        yield "fields"
    for field in fields:
        yield from _shown("field", field, "mrkdwn")


def _controls(block: Json) -> list[Json]:
    beside = [block["accessory"]] if "accessory" in block else []
    return beside + (block["elements"] if block["type"] == "actions" else [])


def _control(control: Json) -> Iterator[str]:
    yield from _members(control["type"], control)
    if not 1 <= len(control["action_id"]) <= 255:
        yield "action_id"
    if control["type"] == "button":
        yield from _shown("button", control["text"], "plain_text")
        if control.get("style", "primary") not in {"primary", "danger"}:
            yield "style"
        yield from _confirm(control.get("confirm", {}))
    elif not 1 <= len(control["options"]) <= 5:
        yield f"{len(control['options'])} options"
    for option in control.get("options", ()):
        yield from _members("option", option)
        yield from _shown("option", option["text"], "plain_text")


def _confirm(confirm: Json) -> Iterator[str]:
    """Numbers: docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object."""
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if confirm and not 1 <= len(confirm[name]["text"]) <= most:
            yield f"confirm.{name}"


def _members(kind: str, thing: Json) -> Iterator[str]:
    if unknown := set(thing) - MEMBERS[kind]:
        yield f"{kind} does not know {unknown}"
    for name, value in thing.items():
        if isinstance(value, str) and len(value) > LENGTHS.get((kind, name), 3000):
            yield f"{kind}.{name} has {len(value)} characters"


def _shown(kind: str, text: Json, expected: str) -> Iterator[str]:
    if text["type"] != expected:
        yield f"{kind}: {text['type']}"
    if expected == "mrkdwn" and text.get("verbatim") is not True:
        yield f"{kind}: Slack would look for mentions and links by itself"
    if not 1 <= len(text["text"]) <= TEXTS[kind]:
        yield f"{kind}: text of {len(text['text'])} characters"
