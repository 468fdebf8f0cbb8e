"""The tracer: what the parts of the bot know of tracing, and the one that traces nothing."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

Value = str | int | float | bool | Sequence[str] | Sequence[int]


def matter(incident_id: int | None) -> str:
    """What spans about an incident lead to and follow; "" where it is about none."""
    return "" if incident_id is None else f"incident {incident_id}"


class Span(Protocol):
    """Something that is being done."""

    def note(self, **attributes: Value) -> None:
        """Say more of it. Ids, names and counts: never texts of messages, and nothing that is secret."""

    def leads_to(self, *matters: str) -> None:
        """What is done later about these matters ("incident 7") follows from this."""


class Tracer(Protocol):
    """Makes spans."""

    def span(
        self, name: str, /, *, follows: str = "", **attributes: Value
    ) -> AbstractContextManager[Span, bool | None]:
        """Something that is done while the context lasts; an exception that leaves it marks it as failed.

        Within another span it is part of that one; otherwise, part of what led to the matter that it `follows`.
        """

    async def close(self) -> None:
        """Send what is left, for a few seconds at most."""


class _Unseen:
    """The span that nobody sees."""

    def note(self, **_attributes: Value) -> None:
        """Nothing."""

    def leads_to(self, *_matters: str) -> None:
        """Nothing."""


class Untraced:
    """Traces nothing, at next to no cost."""

    def __init__(self) -> None:
        """It keeps the one span that it ever gives."""
        self._nothing = nullcontext[Span](_Unseen())

    def span(
        self, _name: str, /, *, follows: str = "", **_attributes: Value
    ) -> AbstractContextManager[Span, bool | None]:
        """Nothing."""
        del follows
        return self._nothing

    async def close(self) -> None:
        """Nothing is left."""


UNTRACED: Final[Tracer] = Untraced()
