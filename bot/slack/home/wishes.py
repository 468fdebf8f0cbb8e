"""Wishes: the boxes that say when a direct message is wanted."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, CheckboxesElement, Option

from bot.domain.home.home import Page
from bot.domain.home.wish import Wish
from bot.domain.telling.language import mark, say
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold

ACTION = "home.wishes"
LABELS = {
    Wish.APPROVAL: mark("A change waits for my approval"),
    Wish.INCIDENT: mark("An incident of mine opens"),
    Wish.RESIZE: mark("My change is proven, not enough, failed or rolled back"),
}


def blocks(page: Page) -> Iterator[Block]:
    """A box a wish, which takes effect at once; nothing where nobody is told anything directly."""
    if not page.offers_messages:
        return
    options = {wish: Option(value=wish.value, text=say(label)) for wish, label in LABELS.items()}
    chosen = [option for wish, option in options.items() if wish in page.wishes]
    boxes = CheckboxesElement(
        action_id=ACTION, options=list(options.values()), initial_options=chosen or None
    )
    yield section(f"🔔 {bold(say('Send me a direct message when'))}")
    # Slack keeps what was ticked while block_id and action_id stay: it must follow what is stored.
    yield ActionsBlock(elements=[boxes], block_id="home.wishes." + "".join(sorted(page.wishes)))


def read(body: Mapping[str, Any]) -> frozenset[Wish]:
    """What is ticked now, of a click on a box; what we don't know is left out."""
    pressed = (body.get("actions") or [{}])[0]
    values = {str(one.get("value")) for one in pressed.get("selected_options") or ()}
    return frozenset(wish for wish in Wish if wish.value in values)
