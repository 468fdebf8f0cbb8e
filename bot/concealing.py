"""Concealing: what is secret in a log line is left out, whatever error, library or input brought it there."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

__all__ = ["Concealing", "secrets_of"]

_SHORTEST = 6  # a shorter one is no secret, and would tear holes into every line
_VARIABLES = re.compile(r"(?:SECRET|TOKEN|PASSWORD|SECRET_ACCESS_KEY|_HEADERS)$")
_FORMS = (
    r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+",
    r"https://hooks\.slack\.com/[^\s\"'<>]+",  # whoever has a response_url may post
)


class Concealing:
    """The last word on a line. It guards against mistakes, ours and others': no line should hold a secret anyway."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Know these as they are and as JSON and basic authentication write them, and Slack's keys by their form."""
        self._values: set[str] = set()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know these as well: settings were read again. Those of before may still be in use."""
        self._values |= {one for one in secrets if len(one) >= _SHORTEST}
        forms = {form for one in self._values for form in (one, json.dumps(one)[1:-1], _base64(one))}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join([*map(re.escape, longest_first), *_FORMS]))

    def __call__(self, _logger: object, _method: str, line: Any) -> str:
        """The line, as the renderer before made it, without them."""
        return self._known.sub("[secret]", line)


def secrets_of(settings: BaseModel, environment: Mapping[str, str]) -> set[str]:
    """All secrets of the settings, at any depth; the database's password; what the environment holds for libraries."""
    found = set(_secrets(settings))
    found |= {value for name, value in environment.items() if _VARIABLES.search(name)}
    found |= {password for one in found if (password := one.partition(":")[2])}
    found |= {part for one in found for part in re.split(r"[,\s]+", one)}  # two signing secrets, say
    return found | set(_passwords([str(getattr(settings, "database_url", ""))]))


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secrets(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _secrets(one)


def _passwords(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        try:
            password = make_url(url).password
        except (ArgumentError, ValueError):
            continue
        if password:
            yield password


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
