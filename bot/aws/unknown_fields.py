"""Unknown fields: what AWS answers and botocore's model drops in silence, so that a round trip can stop before it loses it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

UNKNOWN = "unknownFields"
"""Where an answer tells the paths of its fields that botocore does not know; absent where there are none."""

_GUARDED = {
    "ecs": ("DescribeTaskDefinition",),
    "events": ("ListTargetsByRule",),
    "scheduler": ("GetSchedule",),
    "batch": ("DescribeJobDefinitions",),
}
"""Whose answers are sent back with a change."""
_MOST = 20


def guard(client: Any, service: str) -> None:
    """Have the client tell the unknown fields of answers that are sent back."""
    for operation in _GUARDED.get(service, ()):
        client.meta.events.register(
            f"before-parse.{client.meta.service_model.service_id.hyphenize()}.{operation}", _note
        )


def _note(operation_model: Any, response_dict: Any, customized_response_dict: Any, **_: object) -> None:
    """An event handler of botocore, called with the raw answer before it is parsed."""
    if response_dict.get("status_code", 0) >= 300:
        return
    try:
        raw = msgspec.json.decode(response_dict["body"])
    except msgspec.DecodeError:
        return
    if found := sorted(set(_unknown(raw, operation_model.output_shape, "")))[:_MOST]:
        customized_response_dict[UNKNOWN] = found


def _unknown(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Paths without the indices of lists: `taskDefinition.containerDefinitions.newField`."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for key, inner in value.items():
            below = f"{path}.{key}" if path else str(key)
            if key not in members:
                yield below
            else:
                yield from _unknown(inner, members[key], below)
    elif kind == "list" and isinstance(value, list):
        for inner in value:
            yield from _unknown(inner, shape.member, path)
    elif kind == "map" and isinstance(value, Mapping):
        for inner in value.values():
            yield from _unknown(inner, shape.value, path)
