"""The document: the configuration file, read and sorted into settings, with all that is wrong in it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.configuration import shape
from bot.configuration.fault import Fault
from bot.configuration.lines import line_of
from bot.configuration.places import HEADS, NAMES, Place, meant, place_of, written
from bot.configuration.secret_files import is_open_to_all, read_secret

LARGEST = 1024 * 1024  # bytes


@dataclass(slots=True)
class Document:
    """One configuration file. `values` are by setting; `files` are others that it names."""

    name: str
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def where(self, key: Sequence[str | int]) -> str:
        """A key for a person who looks for it: file, line and path."""
        line = line_of(self.text, key)
        path = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in key).removeprefix(".")
        return f"{self.name}, line {line}, {path}" if line else f"{self.name}, {path}"

    def blame(self, key: Sequence[str | int], what: str) -> None:
        """Say what is wrong with a key."""
        self.faults.append(Fault(self.where(key), what))


def read_document(path: Path) -> Document:
    """The file at this path. Never raises: what is wrong with it is in its faults."""
    document = Document(str(path))
    try:
        document.text = _text(path)
        tree = tomllib.loads(document.text)
    except OSError as error:
        document.faults.append(Fault(document.name, f"it cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        document.faults.append(Fault(document.name, "it is not UTF-8"))
    except (ValueError, RecursionError) as error:  # tomllib says line and column, and nothing of the content
        document.faults.append(Fault(document.name, f"this is not TOML: {error}"))
    else:
        _sort(document, tree)
    return document


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it has more than {LARGEST // 1024} KiB")
    return content.decode("utf-8").replace("\r\n", "\n")


def _sort(document: Document, tree: Mapping[str, Any]) -> None:
    for key, value in tree.items():
        if key in HEADS and isinstance(value, dict):
            for inner, one in value.items():
                _take(document, (key, inner), one)
        elif key in HEADS:
            document.blame((key,), f"this is a section: write [{key}], and its settings below")
        else:
            _take(document, (key,), value)


def _take(document: Document, place: Place, value: object) -> None:
    name = NAMES.get(place)
    if name is None:
        other = meant(place)
        advice = f"did you mean {written(other)}?" if other else "docs/configuration.md lists all settings"
        document.blame(place, f"there is no such setting; {advice}")
    elif shape.is_secret(shape.at((name,))) or _has_password(name, value):
        document.blame(place, f"a secret does not belong in this file: {_advice_on_secret(name)}")
    elif isinstance(value, dict) and not _takes_tables(name):
        document.blame(place, f"this is a setting and no section: write {place[-1]} = …")
    else:
        document.values[name] = value
        _look_inside(document, name, value)


def _advice_on_secret(name: str) -> str:
    return (
        f"set {name.upper()} in the environment, or {name.upper()}_FILE to the path of a file that holds it"
    )


def _has_password(name: str, value: object) -> bool:
    """Whether this is the store's address with a password in it."""
    if name != "database_url" or not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return True  # who knows what is in it
    return parts.password is not None or "password" in parse_qs(parts.query)


def _takes_tables(name: str) -> bool:
    return shape.at((name,)).get("type") == "object"


def _look_inside(document: Document, name: str, value: object) -> None:
    """Secrets inside of a setting may be named by their files alone; such names are replaced by what is in them."""
    for path, table in shape.walk(value, (name,)):
        known = shape.properties(shape.at(path))
        secrets = [key for key, node in known.items() if shape.is_secret(node)]
        for key in secrets:
            here = (*place_of(name), *path[1:])
            if key in table:
                del table[key]
                advice = f"write {key}_file, the path of a file that holds it"
                document.blame((*here, key), f"a secret does not belong in this file: {advice}")
            if f"{key}_file" in table:
                _fetch(document, here, table, key)


def _fetch(document: Document, here: tuple[str | int, ...], table: dict[str, Any], key: str) -> None:
    path = Path(str(table.pop(f"{key}_file")))
    document.files.append(path)
    try:
        table[key] = read_secret(path)
    except ValueError as error:
        document.faults.append(
            Fault(document.where((*here, f"{key}_file")), str(error), is_of_secret_file=True)
        )
    if is_open_to_all(path):
        document.warnings.append(f"{path} can be read by every user of this machine: chmod o-r {path}")


def nearest_key(path: Sequence[str | int]) -> str:
    """What to say of an unknown key inside of a setting: the one that may have been meant, or all that there are."""
    known = [*shape.properties(shape.at(path[:-1]))]
    close = get_close_matches(str(path[-1]), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
