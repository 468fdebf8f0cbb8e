"""Messages: what the bot shows in Slack, ready for chat.postMessage and chat.update."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slack_sdk.models.attachments import Attachment
from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata

Json = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """One message, without channel and timestamp: those are the poster's.

    `text` is the push notification, the search result and what a screen reader reads: it must tell the story alone.
    `broadcast` shows a thread reply in the channel as well.
    """

    text: str
    blocks: Sequence[Block]
    attachments: Sequence[Attachment] = ()
    metadata: Metadata | None = None
    broadcast: bool = False

    def as_arguments(self) -> Json:
        """Arguments for chat.postMessage and chat.update, as plain JSON values.

        `blocks` and `attachments` are always there: chat.update keeps old attachments that are not mentioned.
        Raises SlackObjectFormationError where slack_sdk's models find a limit of Block Kit broken.
        """
        return dict(self._arguments)

    @cached_property
    def _arguments(self) -> Json:
        """Made once: the digest and the post both ask, and slack_sdk looks at each block with great care."""
        arguments: Json = {
            "text": self.text,
            "blocks": [block.to_dict() for block in self.blocks],
            "attachments": [attachment.to_dict() for attachment in self.attachments],
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if self.metadata is not None:
            arguments["metadata"] = self.metadata.to_dict()
        if self.broadcast:
            arguments["reply_broadcast"] = True
        return arguments

    def digest(self) -> str:
        """64 hex digits that are equal exactly if two messages look and act alike.

        block_ids are left out: Slack wants new ones with every update, and nobody sees them.
        """
        seen = json.dumps(_without_block_ids(self.as_arguments()), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(seen.encode()).hexdigest()


def _without_block_ids(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_block_ids(inner) for key, inner in value.items() if key != "block_id"}
    if isinstance(value, list):
        return [_without_block_ids(inner) for inner in value]
    return value
