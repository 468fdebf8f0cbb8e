"""Rules: what a JSON value must be like, built from small ones; each yields the problems that it finds.

Wording is Slack's where somebody published it; "must be one of", "must match" and the "exactly one of" kind are ours.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule and where, as a JSON pointer. `constraint` is what blocks.validate adds."""

    message: str
    pointer: str
    code: str = "failed_constraint"
    constraint: dict[str, Any] | None = None

    def line(self) -> str:
        """As Slack puts it into `errors` and, after [ERROR], into response_metadata.messages."""
        return f"{self.message} [json-pointer:{self.pointer}]"

    def api(self) -> dict[str, Any]:
        """As blocks.validate puts it."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message, "pointer": self.pointer}
        return shown | ({"constraint": self.constraint} if self.constraint else {})


Rule = Callable[[Any, str], Iterator[Problem]]
Check = Callable[[dict[str, Any]], str | None]  # of a whole object: what is wrong with it, or nothing


def _typed(kind: type, noun: str, value: Any, pointer: str) -> Iterator[Problem]:
    """A problem if the value is not of that type; True is no number here."""
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        yield Problem(
            f"must provide {noun}",
            pointer,
            constraint={"type": "type", "expected": noun.rsplit(maxsplit=1)[-1]},
        )


def string(most: int | None = None, least: int = 1, pattern: str = "") -> Rule:
    """A string of `least` to `most` characters that matches the whole pattern."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield from _typed(str, "a string", value, pointer)
        elif len(value) < least:
            yield Problem(f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            limit = {"type": "max_length", "expected": most}
            yield Problem(f"must be less than {most + 1} characters", pointer, constraint=limit)
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem(f"must match {pattern}", pointer)

    return rule


def anything(_value: Any, _pointer: str) -> Iterator[Problem]:
    """Whatever it is: somebody else judges it."""
    return iter(())


def boolean(value: Any, pointer: str) -> Iterator[Problem]:
    """True or false."""
    yield from _typed(bool, "a boolean", value, pointer)


def integer(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        yield from _typed(int, "an integer", value, pointer)
        if isinstance(value, int) and not least <= value <= most:
            yield Problem(f"must be between {least} and {most}", pointer)

    return rule


def number(above: float = float("-inf")) -> Rule:
    """A number greater than `above`."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield Problem("must provide a number", pointer)
        elif value <= above:
            yield Problem(f"must be greater than {above:g}", pointer)

    return rule


def choice(*values: Any) -> Rule:
    """One of these values."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if value not in values:
            expected = {"type": "enum", "expected": list(values)}
            yield Problem(f"must be one of {', '.join(map(str, values))}", pointer, constraint=expected)

    return rule


def array(item: Rule, most: int | None = None, least: int = 1) -> Rule:
    """An array of `least` to `most` such items."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield from _typed(list, "an array", value, pointer)
            return
        if len(value) < least:
            yield Problem(f"must provide at least {least} items", pointer)
        if most is not None and len(value) > most:
            limit = {"type": "max_items", "expected": most}
            yield Problem(f"no more than {most} items allowed", pointer, constraint=limit)
        for index, one in enumerate(value):
            yield from item(one, f"{pointer}/{index}")

    return rule


def shape(required: dict[str, Rule], optional: dict[str, Rule], *checks: Check) -> Rule:
    """An object with these fields, no others, and whole-object checks once the fields are right."""
    fields = required | optional

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield from _typed(dict, "an object", value, pointer)
            return
        found = list(_fields(value, pointer))
        yield from found
        if not found:
            yield from (Problem(wrong, pointer) for check in checks if (wrong := check(value)))

    def _fields(value: dict[str, Any], pointer: str) -> Iterator[Problem]:
        for name in required.keys() - value.keys():
            yield Problem(f"missing required field: {name}", pointer, code="missing_field")
        for name, one in value.items():
            if name in fields:
                yield from fields[name](one, f"{pointer}/{name}")
            elif name != "type":
                yield Problem(f"invalid additional property: {name}", pointer)

    return rule


def by_type(variants: dict[str, Rule]) -> Rule:
    """An object whose `type` says which of these rules it must follow."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield from _typed(dict, "an object", value, pointer)
        elif "type" not in value:
            yield Problem("missing required field: type", pointer, code="missing_field")
        elif not isinstance(value["type"], str) or value["type"] not in variants:
            expected = {"type": "enum", "expected": list(variants)}
            yield Problem(f"unsupported type: {value['type']}", f"{pointer}/type", constraint=expected)
        else:
            yield from variants[value["type"]](value, pointer)

    return rule


def exactly_one(*names: str) -> Check:
    """Exactly one of these fields."""
    text = " or ".join(f"`{name}`" for name in names)
    return lambda value: (
        None if sum(name in value for name in names) == 1 else f"must define exactly one of {text}"
    )


def at_least_one(*names: str) -> Check:
    """At least one of these fields."""
    text = " or ".join(f"`{name}`" for name in names)
    return lambda value: None if any(name in value for name in names) else f"must define either {text}"
