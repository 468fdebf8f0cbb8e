"""Faults: what is wrong with the settings, each with where and what to do; never with a secret's value."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HEADING = "these settings are missing or wrong (docs/configuration.md explains them):"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `where` is a variable's name, or a file with line and key.

    `is_of_secret_file`: a file that holds a secret cannot be used; where nothing is started, nobody needs it.
    """

    where: str
    what: str
    is_of_secret_file: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Misconfigured(Exception):
    """The settings cannot be worked with. `files` are those that were read, or ought to be there."""

    def __init__(self, faults: Sequence[Fault], files: Sequence[Path] = ()) -> None:
        super().__init__("\n".join([HEADING, *(f"  {fault}" for fault in faults)]))
        self.faults = tuple(faults)
        self.files = tuple(files)
