"""Shape: what the settings look like inside, as their JSON schema tells: which keys there are, and which are secret."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.settings import Settings

Node = Mapping[str, Any]

SCHEMA: Node = Settings.model_json_schema()


def properties(node: Node) -> Mapping[str, Node]:
    """The keys of an object, with what stands under each; none for anything else."""
    found: Mapping[str, Node] = _resolved(node).get("properties", {})
    return found


def step(node: Node, key: str | int) -> Node:
    """What stands under a key, or in an entry of a list; an empty node where nothing is known."""
    node = _resolved(node)
    if isinstance(key, int):
        return _resolved(node.get("items", {}))
    if key in node.get("properties", {}):
        return _resolved(node["properties"][key])
    patterns = list(node.get("patternProperties", {}).values())
    more = node.get("additionalProperties")
    return _resolved(patterns[0] if patterns else more if isinstance(more, dict) else {})


def at(path: Sequence[str | int]) -> Node:
    """What stands at a path that begins with a setting's name."""
    node: Node = SCHEMA
    for key in path:
        node = step(node, key)
    return node


def is_secret(node: Node) -> bool:
    """Whether a value is a secret: pydantic says so of a SecretStr."""
    return bool(node.get("writeOnly"))


def walk(
    value: object, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """All tables in a value, each with its path, outermost first."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in list(value.items()):
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, (*path, number))


def _resolved(node: Node) -> Node:
    """The node itself in place of a reference to it, or of a choice between it and nothing."""
    if "$ref" in node:
        return _resolved(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    choices = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
    return _resolved(choices[0]) if len(choices) == 1 else node
