"""Detours: the channels that could not be reached, so that a message stands elsewhere and has to say so."""

from collections.abc import Sequence
from dataclasses import dataclass

_MOST = 4  # where it was, where it belongs, the default: there are never more


@dataclass(frozen=True, slots=True)
class Closed:
    """One channel, and Slack's word for why it is closed."""

    channel: str
    error: str


def added(detour: str, channel: str, error: str) -> str:
    """The text that a notice keeps, with one channel more."""
    known = [*read(detour), Closed(channel[:64], error[:40])]
    return ",".join(f"{one.channel} {one.error}" for one in known[-_MOST:])


def read(detour: str) -> Sequence[Closed]:
    """The channels in such a text, in the order in which they were tried."""
    parts = (one.partition(" ") for one in detour.split(",") if one)
    return [Closed(channel, error) for channel, _, error in parts]
