"""Settling: what was loaded for good is left alone by Python's collector.

To look at all of it takes a tenth of a second and more, in which no thread gets on; and finds next to nothing.
"""

import gc
import time
from collections.abc import Callable

# At the start; when AWS's models have been made ready; and when the first incidents brought charts and templates along.
_AFTER_S = (0.0, 10.0, 60.0, 600.0)


class Settling:
    """A few full collections, each after which whatever lives on counts as loaded for good."""

    def __init__(
        self, on_duty: Callable[[], object], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`on_duty` tells what has been loaded; when it is another, all begins anew."""
        self._on_duty = on_duty
        self._monotonic = monotonic
        self._loaded: object = None
        self._moments: list[float] = []

    def look(self) -> bool:
        """Collect if a moment has come; whether it had."""
        now, loaded = self._monotonic(), self._on_duty()
        if loaded is not self._loaded:
            self._loaded, self._moments = loaded, [now + after_s for after_s in _AFTER_S]
            gc.unfreeze()  # what was loaded for a shift that is no more goes, too
        if not self._moments or now < self._moments[0]:
            return False
        self._moments = [moment for moment in self._moments if moment > now]
        gc.collect()
        gc.freeze()
        return True
