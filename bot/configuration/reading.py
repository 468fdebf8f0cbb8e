"""Reading: the settings from environment, secret files and configuration file, or all that is wrong, at once.

What several of them say: the environment wins over the file, and one secret must be given once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.configuration import shape
from bot.configuration.document import Document, nearest_key, read_document
from bot.configuration.fault import Fault, Misconfigured
from bot.configuration.places import NAMES, place_of, written
from bot.configuration.secret_files import is_open_to_all, read_secret
from bot.settings import Settings

T = TypeVar("T", bound=BaseModel)

DEFAULT_FILE = str(Settings.model_fields["oom_config"].default)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """Settings, what to tell of them, and the files that they came from or might come from."""

    settings: T
    warnings: tuple[str, ...]
    files: tuple[Path, ...]


@dataclass(slots=True)
class Sources:
    """What was found, by setting: still texts, and not yet looked at."""

    document: Document
    files: list[Path]
    given: Mapping[str, str]  # the environment, its names in small letters
    of_files: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """One value for each setting that anybody gave."""
        of_environment = {name: self.given[name] for name in Settings.model_fields if name in self.given}
        return {**self.document.values, **self.of_files, **of_environment}


def gather(environ: Mapping[str, str]) -> Sources:
    """Collect what this environment gives and names. Never raises."""
    given = {name.lower(): value for name, value in environ.items() if value}
    path = Path(given.get("oom_config", DEFAULT_FILE))
    document = read_document(path) if "oom_config" in given or _is_there(path) else Document(str(path))
    sources = Sources(document, [path, *document.files], given)
    sources.faults += document.faults
    sources.warnings += document.warnings
    for name in Settings.model_fields:
        if f"{name}_file" in given:
            _take_file(sources, name, Path(given[f"{name}_file"]))
    sources.warnings += [
        f"{name.upper()} is set in the environment, which wins over {document.where(place_of(name))}"
        for name in document.values
        if name in given or name in sources.of_files
    ]
    return sources


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # whoever reads it is told why not


def _take_file(sources: Sources, name: str, path: Path) -> None:
    variable = f"{name.upper()}_FILE"
    if not is_secret(name):
        sources.faults.append(Fault(variable, f"only secrets are read from files: set {name.upper()}"))
        return
    sources.files.append(path)
    if name in sources.given:
        sources.faults.append(Fault(variable, f"{name.upper()} is set as well: unset one of the two"))
        return
    try:
        sources.of_files[name] = read_secret(path)
    except ValueError as error:
        sources.faults.append(Fault(variable, str(error), is_of_secret_file=True))
        return
    if is_open_to_all(path):
        sources.warnings.append(f"{path} ({variable}) can be read by every user of this machine")


def is_secret(name: str) -> bool:
    """Whether a setting may be read from a file of its own; the store's address may hold a password."""
    return name == "database_url" or shape.is_secret(shape.at((name,)))


def read(
    model: type[T], environ: Mapping[str, str], stand_ins: Mapping[str, str] | None = None
) -> Reading[T]:
    """These settings, as the environment and the files that it names give them. Raises Misconfigured.

    `stand_ins` are taken for secrets that nobody gave, and files of secrets are not missed then.
    """
    sources = gather(environ)
    values = {**(stand_ins or {}), **sources.values}
    faults = [one for one in sources.faults if not (stand_ins and one.is_of_secret_file)]
    try:
        settings = model(**{name: values[name] for name in model.model_fields if name in values})
    except ValidationError as error:
        faults += _unsaid(faults, [_fault(one, sources) for one in error.errors()])
    if faults:
        raise Misconfigured(faults, sources.files)
    return Reading(settings, tuple(sources.warnings), tuple(sources.files))


def database_url(environ: Mapping[str, str]) -> str:
    """Where the store is: all that commands on it need to know. Raises Misconfigured."""
    sources = gather(environ)
    found = sources.values.get("database_url", Settings.model_fields["database_url"].default)
    if sources.faults and "database_url" not in sources.given:
        raise Misconfigured(sources.faults, sources.files)
    return str(found)


def _unsaid(said: Sequence[Fault], more: Sequence[Fault]) -> list[Fault]:
    """What is not the consequence of a fault that was told already: a setting is missing that could not be read."""
    names = {one.where.removesuffix("_FILE") for one in said if one.where.endswith("_FILE")}
    return [one for one in more if one.where not in names]


def _fault(error: ErrorDetails, sources: Sources) -> Fault:
    """A fault without the value that caused it: it may be secret."""
    name, *inner = [one for one in error["loc"] if one != "[key]"]
    what = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing" and not inner:
        return Fault(str(name).upper(), f"missing: {_advice(str(name), sources.document.name)}")
    if error["type"] == "extra_forbidden":
        what = f"there is no such key; {nearest_key([name, *inner])}"
    if name in sources.document.values and name not in sources.given and name not in sources.of_files:
        return Fault(sources.document.where([*place_of(str(name)), *inner]), what)
    suffix = "_FILE" if name in sources.of_files else ""
    return Fault(".".join(map(str, [name, *inner])).upper() + suffix, what)


def _advice(name: str, file: str) -> str:
    variable = name.upper()
    if is_secret(name) or place_of(name) not in NAMES:
        return f"set {variable}, or {variable}_FILE to the path of a file that holds it"
    return f"set {variable}, or {written(place_of(name))} in {file}"
