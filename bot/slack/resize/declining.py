"""Declining: the small form that asks why, which may stay empty."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.resize.resize import Resize
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import clean, mention
from bot.slack.resize import plan_text

CALLBACK = "resize.declining"
REASON = "resize.why_not"
LONGEST_REASON = 500


def form(resize: Resize) -> View:
    """Which request, and why it is declined."""
    spec = resize.spec
    typed = PlainTextInputElement(
        action_id=REASON, max_length=LONGEST_REASON, placeholder=say("Not before the release")
    )
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=say("Decline a resize"),
        submit=say("Decline"),
        close=say("Back"),
        private_metadata=str(spec.id),
        blocks=[
            section(plan_text.heading(spec.plan)),
            context(
                sentences(
                    [
                        say("Asked by {who}.", who=mention(spec.requested_by)),
                        say("Nothing is changed."),
                    ]
                )
            ),
            InputBlock(
                block_id=REASON, label=PlainTextObject(text=say("Why?")), element=typed, optional=True
            ),
        ],
    )


def read(view: Mapping[str, Any]) -> tuple[str, str]:
    """The number of the resize as text, and the reason."""
    values = (view.get("state") or {}).get("values") or {}
    typed = ((values.get(REASON) or {}).get(REASON) or {}).get("value") or ""
    return str(view.get("private_metadata", "")), clean(str(typed))[:LONGEST_REASON]
