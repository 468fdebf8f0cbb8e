"""The rulebook: what Slack shows and what it refuses, over whole messages and views."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Any, Literal
from urllib.parse import urlsplit

from sandbox.slack import limits
from sandbox.slack.blocks import ATTACHMENT, HOME, MESSAGE, MODAL, SURFACES
from sandbox.slack.call import Call
from sandbox.slack.content import Content, elements, numbered, with_ids
from sandbox.slack.conversation import Json
from sandbox.slack.elements import OPTIONS
from sandbox.slack.refusal import Refusal
from sandbox.slack.rule import Problem, array, by_type
from sandbox.slack.webapi import Handler

PRIVATE = re.compile(r"(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168)\.")  # IPv4 networks
HEADER_OVERHEAD = 100  # measured: a header costs about that much more than its text

FORMATS: dict[str, tuple[type, str]] = {
    "text": (str, "invalid_arguments"),
    "markdown_text": (str, "invalid_arguments"),
    "blocks": (list, "invalid_blocks_format"),
    "attachments": (list, "invalid_attachments"),
    "metadata": (dict, "invalid_metadata_format"),
}

Surface = Literal["message", "modal", "home"]


class Rulebook:
    """Judges content. `is_image` says whether a slack_file is processed and an image."""

    def __init__(self, is_image: Callable[[Json], bool]) -> None:
        """Judge images by that."""
        self._is_image = is_image

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {"blocks.validate": self.validate}

    def content(self, fields: Json) -> Content:
        """The content of a message from arguments or a response body; Refusal if Slack would not show it."""
        for name, (kind, error) in FORMATS.items():
            if not isinstance(fields.get(name), (kind, NoneType)):
                raise Refusal(error)
        markdown = fields.get("markdown_text") or ""
        text, blocks, attachments = (fields.get(key) for key in ("text", "blocks", "attachments"))
        if markdown and (text or blocks):
            raise Refusal("markdown_text_conflict")
        if len(markdown) > limits.MARKDOWN_CHARACTERS:
            raise Refusal("msg_too_long")
        if not (text or markdown or blocks or attachments):
            raise Refusal("no_text")
        _check_metadata(fields.get("metadata"))
        _refuse("invalid_blocks", self.blocks(blocks or [], "message"))
        self._check_attachments(attachments or [])
        _check_totals(_all_blocks(blocks, attachments))
        shown = (markdown or text or "")[: limits.TEXT_TRUNCATED]
        return Content(shown, with_ids(blocks), numbered(attachments), fields.get("metadata"))

    def blocks(self, blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[Problem]:
        """Everything that is wrong with the blocks of a message, or of an attachment."""
        return list(array(SURFACES[surface], limits.MESSAGE_BLOCKS, 0)(blocks, pointer)) or list(
            self._beyond_tables(blocks, pointer)
        )

    def view(
        self, view: Any, pointer: str = "/view", kinds: tuple[str, ...] = ("modal", "home")
    ) -> list[Problem]:
        """Everything that is wrong with a view."""
        tables = {"modal": MODAL, "home": HOME}
        problems = list(by_type({kind: tables[kind] for kind in kinds})(view, pointer))
        if problems:
            return problems
        wants_submit = view["type"] == "modal" and "submit" not in view
        missing = [
            Problem(
                "must define `submit` to use an `input` block in modals", f"{pointer}/blocks/{index}/input"
            )
            for index, block in enumerate(view["blocks"])
            if wants_submit and block["type"] == "input"
        ]
        focused = list(_focused(view["blocks"], f"{pointer}/blocks"))[1:]
        return [*missing, *focused, *self._beyond_tables(view["blocks"], f"{pointer}/blocks")]

    def check_view(self, view: Any, *kinds: str) -> None:
        """Refuse a view that breaks a rule."""
        if len(json.dumps(view).encode()) > limits.VIEW_BYTES:
            raise Refusal("view_too_large")
        _refuse("invalid_arguments", self.view(view, kinds=kinds))

    def check_options(self, answer: Json) -> None:
        """Refuse what an app offered for an external select if Slack would show nothing of it."""
        _refuse("invalid_options", list(OPTIONS(answer, "")))

    def _check_attachments(self, attachments: list[Any]) -> None:
        if len(attachments) > limits.ATTACHMENTS:
            raise Refusal("too_many_attachments")
        _refuse("invalid_attachments", self._attachments(attachments))

    def _attachments(self, attachments: Any) -> list[Problem]:
        problems = list(array(ATTACHMENT, limits.ATTACHMENTS, 0)(attachments, "/attachments"))
        for index, attachment in enumerate(() if problems else attachments):
            problems += self._beyond_tables(attachment.get("blocks", []), f"/attachments/{index}/blocks")
        return problems

    def _message(self, message: Json) -> list[Problem]:
        """Everything that is wrong with a message as chat.postMessage takes it, channel apart."""
        return list(MESSAGE(message, "")) or [
            *self.blocks(message.get("blocks", []), "message"),
            *self._attachments(message.get("attachments", [])),
        ]

    def _beyond_tables(self, blocks: list[Json], pointer: str) -> Iterator[Problem]:
        """What takes more than one field to see: ids used twice, pictures that cannot be shown."""
        seen: set[str] = set()
        for path, block in _walk(blocks, pointer):
            if block.get("block_id") in seen:
                yield Problem(f'`block_id` "{block["block_id"]}" already exists', f"{path}/block_id")
            seen |= {block["block_id"]} if "block_id" in block else set()
            yield from _twice(block, path)
            yield from self._pictures(block, path)

    def _pictures(self, value: Any, pointer: str) -> Iterator[Problem]:
        """Every picture in a block that Slack could not load."""
        if isinstance(value, list):
            for index, one in enumerate(value):
                yield from self._pictures(one, f"{pointer}/{index}")
        if not isinstance(value, dict):
            return
        if "image_url" in value and not _is_public(value["image_url"]):
            yield Problem("downloading image failed", f"{pointer}/image_url")
        if "slack_file" in value and not self._is_image(value["slack_file"]):
            yield Problem("invalid slack file", f"{pointer}/slack_file")
        for name, one in value.items():
            if name not in ("slack_file", "child_blocks"):
                yield from self._pictures(one, f"{pointer}/{name}")

    async def validate(self, call: Call) -> Json:
        """blocks.validate: exactly one of blocks, view or message."""
        if len(call.args) != 1:
            message = "must provide exactly one of `blocks`, `view`, or `message`"
            raise Refusal("invalid_arguments", messages=[f"[ERROR] {message}"])
        [(kind, value)] = call.args.items()
        judges: dict[str, Callable[[], list[Problem]]] = {
            "blocks": lambda: self.blocks(value, "message", ""),
            "view": lambda: self.view(value, ""),
            "message": lambda: self._message(value),
        }
        problems = judges[kind]()
        if problems:
            raise Refusal(f"invalid_{kind}", errors=[problem.api() for problem in problems])
        return {}


def _refuse(error: str, problems: list[Problem]) -> None:
    """Slack's answer to broken rules: messages for all, and `errors` besides for messages."""
    if problems:
        lines = [problem.line() for problem in problems]
        extra = {} if error == "invalid_arguments" else {"errors": lines}
        raise Refusal(error, messages=[f"[ERROR] {line}" for line in lines], **extra)


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    name, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not name or not isinstance(name, str) or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_format")
    if set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > limits.METADATA_BYTES:
        raise Refusal("metadata_too_large")


def _all_blocks(blocks: list[Json] | None, attachments: list[Json] | None) -> list[Json]:
    """The blocks of a message, those of attachments and containers included."""
    tops = [*(blocks or []), *(block for one in attachments or [] for block in one.get("blocks", []))]
    return [block for _, block in _walk(tops, "")]


def _check_totals(blocks: list[Json]) -> None:
    """What is counted over a whole message."""
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] + kinds["data_table"] > 1:
        raise Refusal("only_one_table_allowed")
    if kinds["data_visualization"] > limits.CHARTS:
        raise Refusal("invalid_blocks", messages=["[ERROR] too many data_visualization blocks"])
    sizes = {kind: sum(_characters(block) for block in blocks if block["type"] == kind) for kind in kinds}
    if sum(sizes.values()) + HEADER_OVERHEAD * kinds["header"] > limits.MESSAGE_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    if sizes.get("markdown", 0) > limits.MARKDOWN_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    if max(sizes.get("table", 0), sizes.get("data_table", 0)) > limits.TABLE_CHARACTERS:
        raise Refusal(
            "invalid_blocks", messages=[f"[ERROR] must be less than {limits.TABLE_CHARACTERS + 1} characters"]
        )


def _characters(value: Any) -> int:
    """The characters of all texts in a block, without those of blocks inside it."""
    if isinstance(value, list):
        return sum(map(_characters, value))
    if not isinstance(value, dict):
        return 0
    own = sum(len(one) for name, one in value.items() if name == "text" and isinstance(one, str))
    return own + sum(_characters(one) for name, one in value.items() if name != "child_blocks")


def _walk(blocks: list[Json], pointer: str) -> Iterator[tuple[str, Json]]:
    """Every block with its pointer, those inside containers included."""
    for index, block in enumerate(blocks):
        yield f"{pointer}/{index}", block
        yield from _walk(block.get("child_blocks", []), f"{pointer}/{index}/child_blocks")


def _twice(block: Json, pointer: str) -> Iterator[Problem]:
    """action_ids that a block has twice."""
    own = {key: value for key, value in block.items() if key != "child_blocks"}
    seen: set[str] = set()
    for index, element in enumerate(elements(own)):
        action_id = element.get("action_id")
        if action_id in seen:
            yield Problem(
                f'`action_id` "{action_id}" already exists', f"{pointer}/elements/{index}/action_id"
            )
        seen |= {action_id} if action_id else set()


def _focused(blocks: list[Json], pointer: str) -> Iterator[Problem]:
    """The elements that want the focus when the view is loaded; Slack: "Only one element can be set to true"."""
    for path, block in _walk(blocks, pointer):
        own = {key: value for key, value in block.items() if key != "child_blocks"}
        for element in elements(own):
            if element.get("focus_on_load"):
                yield Problem("only one element may have `focus_on_load`", path)


def _is_public(url: str) -> bool:
    """Whether Slack's servers could load it: http(s) at a host that is not of a private network."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "." not in host:
        return False
    if re.fullmatch(r"[\d.]+", host):
        return not PRIVATE.match(host)
    return not host.endswith((".local", ".internal", ".localhost"))
