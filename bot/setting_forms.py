"""Setting forms: how lists and JSON are written into an environment variable."""

import json
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


def _words(value: object) -> object:
    """A comma-separated text as a tuple of its words."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


def _decoded(value: object) -> object:
    """A text as the JSON in it. pydantic-settings would stop at the first that is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("this is not JSON") from None


AsWords = BeforeValidator(_words)
Words = Annotated[tuple[str, ...], NoDecode, AsWords]
AsJson = BeforeValidator(_decoded)
