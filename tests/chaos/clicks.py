"""Clicks on that day: somebody acknowledges alerts, and presses again where Slack says that it did not work."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import create_engine, text

from bot.slack.controls import ACKNOWLEDGE
from bot.store.engines import store_url
from sandbox.slack.conversation import Channel
from sandbox.slack.refusal import Nonsense
from sandbox.slack.slack import Slack

WHO = "U0ALICE"
_PAUSE_S = 0.5


class Clicker:
    """`taken` are the incidents whose press Slack was answered: from then on nobody presses again."""

    def __init__(self, slack: Slack, doors: Callable[[], list[str]], dice: random.Random) -> None:
        """`doors` gives the addresses of the bots' /sns."""
        self._slack = slack
        self._doors = doors
        self._dice = dice
        self.taken: set[int] = set()
        self.in_vain: Counter[str] = Counter()
        self.is_taken = asyncio.Event()

    async def press(self, channels: list[Channel]) -> None:
        """Acknowledge one alert after another, for ever."""
        while True:
            await asyncio.sleep(self._dice.uniform(0, 2 * _PAUSE_S))
            found = [one for channel in channels for one in _buttons(channel)]
            if found:
                await self._press(*self._dice.choice(found))

    async def _press(self, channel: str, ts: str, block_id: str, incident: int) -> None:
        self._slack.request_url = self._dice.choice(self._doors()).replace("/sns", "/slack/events")
        pressed = {
            "user": WHO,
            "container": {"type": "message", "channel": channel, "ts": ts},
            "block_id": block_id,
            "action_id": ACKNOWLEDGE,
            "value": {},
        }
        try:
            await self._slack.act("action", pressed)
        except Nonsense as why:
            self.in_vain[str(why)] += 1
        else:
            self.taken.add(incident)
            self.is_taken.set()


def lost(url: str, taken: Iterable[int]) -> list[str]:
    """Presses that Slack was answered, and that the store does not know of; one sentence each."""
    engine = create_engine(store_url(url))
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT id, acknowledged_by FROM incidents"))
            known = {number for number, who in rows if who == WHO}
    finally:
        engine.dispose()
    return [f"incident {one} was acknowledged and nobody knows" for one in sorted(set(taken) - known)]


def _buttons(channel: Channel) -> Iterable[tuple[str, str, str, int]]:
    """Channel, ts, block and incident of each button there is to press."""
    for message in [*channel.messages.values()]:
        for block in _blocks(message):
            for element in block.get("elements", []):
                if element.get("action_id") == ACKNOWLEDGE and not message.deleted:
                    yield channel.id, message.ts, block["block_id"], int(element["value"])


def _blocks(message: Any) -> Iterable[dict[str, Any]]:
    yield from message.blocks or []
    for attachment in message.attachments or []:
        yield from attachment.get("blocks", [])
