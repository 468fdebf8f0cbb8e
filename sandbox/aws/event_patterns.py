"""Event patterns: whether EventBridge would pass an event, for the operators that rules of ours use.

No maintained library of the registry matches patterns: event-ruler's last release is of 2023, for one Python version,
and moto's matcher belongs to an emulator that this house does without (docs/adr/0005). Rules as documented:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. Fields under an array of
objects must match within one and the same object, as in AWS's own event-ruler.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 2048  # characters of a pattern that EventBridge takes
Event = Mapping[str, Any]


class UnknownOperator(Exception):
    """The pattern uses what this matcher does not know: teach it first."""


def passes(pattern: Event, event: Event) -> bool:
    """Whether the rule passes the event. Raises UnknownOperator, ValueError for a pattern EventBridge refuses."""
    _check(pattern)
    if len(json.dumps(pattern)) > LONGEST:
        raise ValueError("EventBridge takes patterns of 2048 characters")
    return _object(pattern, event)


def _check(pattern: object) -> None:
    if not isinstance(pattern, Mapping) or not pattern:
        raise ValueError(f"a pattern is a filled object, and its leaves are lists: {pattern!r}")
    for wanted in pattern.values():
        if not isinstance(wanted, list):
            _check(wanted)
        elif not wanted:
            raise ValueError("an empty list matches nothing and is refused")


def _object(pattern: Event, event: Event) -> bool:
    return all(key in event and _field(wanted, event[key]) for key, wanted in pattern.items())


def _field(wanted: Event | list[Any], found: object) -> bool:
    if isinstance(wanted, Mapping):
        return any(_object(wanted, one) for one in _flat(found) if isinstance(one, Mapping))
    return any(_leaf(one, value) for one in wanted for value in _flat(found))


def _flat(found: object) -> Iterator[object]:
    if isinstance(found, list):
        for one in found:
            yield from _flat(one)
    else:
        yield found


def _leaf(wanted: object, value: object) -> bool:
    """Numbers equal numbers and texts equal texts, with their case."""
    if not isinstance(wanted, Mapping):
        return type(wanted) is type(value) and wanted == value
    [(operator, argument)] = wanted.items()
    if operator == "prefix" and isinstance(argument, Mapping) and set(argument) == {"equals-ignore-case"}:
        return isinstance(value, str) and value.lower().startswith(argument["equals-ignore-case"].lower())
    if operator == "prefix" and isinstance(argument, str):
        return isinstance(value, str) and value.startswith(argument)
    if operator == "wildcard" and "**" not in argument:
        return isinstance(value, str) and re.fullmatch(_glob(argument), value, re.DOTALL) is not None
    if operator == "anything-but" and isinstance(argument, list):
        return value is not None and not any(_leaf(one, value) for one in argument)
    raise UnknownOperator(f"{operator}: {argument!r}")


def _glob(wildcard: str) -> str:
    return ".*".join(map(re.escape, wildcard.split("*")))
