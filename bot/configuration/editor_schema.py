"""The editor's schema: the configuration file as a JSON schema, so that an editor completes and checks it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from bot.configuration import shape
from bot.configuration.places import NAMES

Json = dict[str, Any]


def editor_schema() -> Json:
    """JSON Schema 2020-12 of the file. Secrets are no part of it; files that hold some are."""
    tree: Json = {"properties": {}}
    for place, name in sorted(NAMES.items()):
        node = shape.SCHEMA["properties"][name]
        if shape.is_secret(node):
            continue
        table = tree
        if len(place) == 2:
            section = {"type": "object", "additionalProperties": False, "properties": {}}
            table = tree["properties"].setdefault(place[0], section)
        table["properties"][place[-1]] = _lists_and_words(node)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OOM Guard's configuration file",
        "type": "object",
        "additionalProperties": False,
        **tree,
        "$defs": {key: _without_secrets(one) for key, one in shape.SCHEMA["$defs"].items()},
    }


def _without_secrets(definition: Mapping[str, Any]) -> Json:
    """A table inside of a setting, its secrets replaced by the files that hold them."""
    changed: Json = deepcopy(dict(definition))
    for key, node in list(changed.get("properties", {}).items()):
        if shape.is_secret(node):
            del changed["properties"][key]
            path = {"type": "string", "description": "Path of a file that holds it."}
            changed["properties"][f"{key}_file"] = path
    return changed


def _lists_and_words(node: Mapping[str, Any]) -> Json:
    """A list of words may be written as one text with commas between, as in the environment."""
    is_words = node.get("type") == "array" and node["items"].get("type") == "string"
    if not is_words:
        return dict(node)
    said = {key: node[key] for key in ("title", "description", "default") if key in node}
    return {**said, "anyOf": [{key: node[key] for key in ("type", "items")}, {"type": "string"}]}
