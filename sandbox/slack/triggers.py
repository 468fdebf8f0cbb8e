"""Triggers: the right to open a modal, which a person's action gives to the app for three seconds, once."""

import itertools
import re
import secrets
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.slack import limits
from sandbox.slack.refusal import Refusal

SHAPE = re.compile(r"\d+\.\d+\.[0-9a-f]+")
TEAM_NUMBER = 7890123


@dataclass(slots=True)
class Trigger:
    """Whose action it was, and until when it counts (seconds since 1970)."""

    user: str
    until: float
    spent: bool = False


class Triggers:
    """All triggers that were given out."""

    def __init__(self, clock: Clock) -> None:
        """Let them expire on this clock."""
        self._clock = clock
        self._numbers = itertools.count(132_456)
        self._given: dict[str, Trigger] = {}

    def give(self, user: str) -> str:
        """A new trigger_id."""
        trigger_id = f"{next(self._numbers)}.{TEAM_NUMBER}.{secrets.token_hex(16)}"
        self._given[trigger_id] = Trigger(user, self._clock.time() + limits.TRIGGER_SECONDS)
        return trigger_id

    def spend(self, trigger_id: str | None) -> str:
        """The user of a trigger that still counts; Refusal if it does not."""
        if trigger_id is None or not SHAPE.fullmatch(trigger_id):
            message = "[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]"
            raise Refusal("invalid_arguments", messages=[message])
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.spent:
            raise Refusal("exchanged_trigger_id")
        if self._clock.time() > trigger.until:
            raise Refusal("expired_trigger_id")
        trigger.spent = True
        return trigger.user
