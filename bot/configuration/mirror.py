"""The mirror: a configuration that lies in AWS is copied to a file of this process, for all who read and watch files."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bot.configuration.fault import Fault, Misconfigured

log = structlog.get_logger("app")

LOOK_EVERY_S = 30.0
_VARIABLE = "OOM_CONFIG"
Fetch = Callable[[str], str]  # of an ARN; raises ValueError, which says why not


class Mirror:
    """The environment to read settings by; its OOM_CONFIG is a file here. Without an ARN there is nothing to copy."""

    def __init__(self, environ: Mapping[str, str], fetch: Fetch, folder: Path) -> None:
        """Fetches at once. Raises Misconfigured where that fails: a process does not begin by half its settings."""
        self.environ = dict(environ)
        self._fetch = fetch
        self._arn = arn_in(environ)
        self._copy = folder / "oomguard.toml"
        self._due_at_s = time.monotonic() + LOOK_EVERY_S
        if self._arn:
            try:
                self._keep(fetch(self._arn))
            except ValueError as error:
                raise Misconfigured([Fault(_VARIABLE, f"{self._arn} cannot be read: {error}")]) from None
            self.environ = {key: one for key, one in environ.items() if key.upper() != _VARIABLE}
            self.environ[_VARIABLE] = str(self._copy)

    def renew(self, *, at_once: bool = False) -> None:
        """Fetch again when it is time, or now. What cannot be fetched stays as it is: AWS may be away for a while."""
        if not self._arn or (time.monotonic() < self._due_at_s and not at_once):
            return
        self._due_at_s = time.monotonic() + LOOK_EVERY_S
        try:
            self._keep(self._fetch(self._arn))
        except ValueError as error:
            log.warning("configuration.not_fetched", error=str(error))

    def _keep(self, text: str) -> None:
        """In one step: whoever reads meanwhile reads the old or the new."""
        fresh = self._copy.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._copy)


def arn_in(environ: Mapping[str, str]) -> str:
    """The ARN that is named instead of a file; "" where there is none."""
    named = next((one for key, one in environ.items() if key.upper() == _VARIABLE), "")
    return named if named.startswith("arn:") else ""


@contextmanager
def mirrored(environ: Mapping[str, str], fetch: Fetch) -> Iterator[Mirror]:
    """A mirror for as long as the block lasts, in a folder that nobody else may read. Raises as Mirror does.

    Without an ARN it makes none: such a command needs no disk that can be written to.
    """
    with TemporaryDirectory(prefix="oom-guard-") if arn_in(environ) else nullcontext(os.devnull) as folder:
        yield Mirror(environ, fetch, Path(folder))
