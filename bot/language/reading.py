"""Reading: what messages tell, in the language of their incidents; a message that trips the reader tells nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.language.tongues import Tongues

log = structlog.get_logger(__name__)

ReadMessage = Callable[[str, str, datetime], Assessment]  # a message, its subject, and now


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads whatever SNS delivers; `read_message` gives the verdict and is pure."""

    read_message: ReadMessage
    tongues: Tongues

    def assessed(self, message: str, subject: str, now: datetime, message_id: str) -> Assessment:
        """The verdict on a message. Never raises."""
        try:
            return self.tongues.assessed(lambda: self.read_message(message, subject, now))
        except Exception:
            # A message that the reader trips over will trip it at each retry, for an hour: keep that it came.
            log.exception("delivery.not_understood", message_id=message_id)
            return Assessment(verdict=Verdict.NONE, why="The message could not be read.")
