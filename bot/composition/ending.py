"""Ending: the seconds that an orderly stop has in all, and what each part of it may take of them."""

import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Self

import structlog

log = structlog.get_logger("app")

# Of all seconds. Changes are waited for all along: theirs is a moment.
_REQUESTS, _PASSES, _CHANGES = 0.5, 0.2, 0.9
_LONGEST_PASS_S = 5.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Began when the process was asked to stop, or a shift to make way for the next."""

    seconds: float
    began_at: float  # of the monotonic clock

    @classmethod
    def begin(cls, seconds: float) -> Self:
        """From now on; so many seconds in all."""
        return cls(seconds, time.monotonic())

    @property
    def requests_s(self) -> float:
        """How long requests in flight may take."""
        return self.seconds * _REQUESTS

    @property
    def pass_s(self) -> float:
        """How long the passes of loops may take, and what people asked down the socket."""
        return min(_LONGEST_PASS_S, self.seconds * _PASSES)

    def changes_s(self) -> float:
        """How long changes of AWS may take from now on."""
        return self._left_until(_CHANGES)

    def rest_s(self) -> float:
        """How long all that is left may take."""
        return self._left_until(1.0)

    def cut_off(self) -> None:
        """End the process by force when its time is over, whatever hangs then. A store survives that, as any crash.

        Nothing calls this off: at its very end Python waits for threads, too.
        """
        timer = threading.Timer(self.rest_s(), _exit, (self.seconds,))
        timer.daemon = True
        timer.start()

    def _left_until(self, share: float) -> float:
        return max(0.0, self.began_at + self.seconds * share - time.monotonic())


def _exit(seconds: float) -> None:
    log.error("stop.cut_off", after_s=seconds)
    sys.stdout.flush()
    os._exit(1)
