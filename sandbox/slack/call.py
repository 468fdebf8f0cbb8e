"""Calls: one Web API request, its arguments read strictly from JSON or a form."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.slack.catalogue import Argument, Method
from sandbox.slack.conversation import Json
from sandbox.slack.refusal import Refusal

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NOT_JSON = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
EVERYWHERE = {"team_id"}  # Slack's SDK adds it to each call of a client that knows its team
TYPES: dict[str, type] = {"str": str, "ts": str, "bool": bool, "int": int, "list": list, "dict": dict}


@dataclass(slots=True)
class Call:
    """The arguments of a call, and what is to be said about it besides the answer."""

    method: str
    args: Json
    warnings: list[str] = field(default_factory=list)  # Slack's own, part of the answer
    advice: list[str] = field(default_factory=list)  # ours, for the wire log

    def __getitem__(self, name: str) -> Any:
        """An argument that the catalogue requires."""
        return self.args[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument that may be missing."""
        return self.args.get(name, default)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request's arguments as they came, and where a token stood."""

    fields: Json
    token: str | None
    is_json: bool
    warnings: tuple[str, ...] = ()


async def receive(request: web.Request) -> Sent:
    """Read the body by its content type; Refusal if Slack could not."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else None
    fields: Json = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return Sent(
            {k: v for k, v in fields.items() if k != "token"}, token or fields.get("token"), is_json=False
        )
    if request.content_type == "application/json":
        warnings = () if request.charset else ("missing_charset",)
        return Sent(_object(await request.read()), token, is_json=True, warnings=warnings)
    if request.content_type not in FORMS:
        raise Refusal("invalid_post_type" if "Content-Type" in request.headers else "missing_post_type")
    fields |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    token = token or fields.pop("token", None)
    return Sent({k: v for k, v in fields.items() if k != "token"}, token, is_json=False)


def loads(text: str | bytes) -> Any:
    """JSON as the standard has it: without Python's NaN and Infinity. Raises ValueError."""
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _object(body: bytes) -> Json:
    try:
        fields = loads(body or b"{}")
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(fields, dict):
        raise Refusal("json_not_object")
    return fields


def read(name: str, method: Method, sent: Sent) -> Call:
    """The call with its arguments as the catalogue wants them; Refusal names the first that is wrong."""
    if sent.is_json and not method.takes_json and sent.fields:
        # Slack ignores such a body without a word and then misses its arguments.
        raise Refusal("invalid_arguments", messages=[f"[ERROR] {name} takes form fields, not JSON"])
    unknown = sorted(set(sent.fields) - set(method.arguments) - EVERYWHERE)
    if unknown:
        # Slack ignores these silently; a typing error is worth more than that.
        raise Refusal(
            "invalid_arguments", messages=[f"[ERROR] unknown argument: {field}" for field in unknown]
        )
    given = {key: value for key, value in sent.fields.items() if key not in EVERYWHERE and value is not None}
    args = {key: _value(method.arguments[key], value, sent) for key, value in given.items()}
    missing = [a.name for a in method.arguments.values() if a.required and args.get(a.name) in (None, "")]
    if missing:
        raise Refusal("invalid_arguments", messages=[f"[ERROR] missing required field: {m}" for m in missing])
    return Call(name, args, warnings=list(sent.warnings))


def _value(argument: Argument, value: Any, sent: Sent) -> Any:
    """The value of one argument in its own type."""
    if isinstance(value, str) and argument.kind in ("list", "dict"):
        value = _parsed(argument, value)
    elif not sent.is_json and argument.kind == "bool":
        value = BOOLEANS.get(value, value)
    elif not sent.is_json and argument.kind == "int" and value.isdecimal():
        value = int(value)
    expected = TYPES[argument.kind]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise _mistyped(argument)
    return value


def _parsed(argument: Argument, value: str) -> Any:
    try:
        return loads(value)
    except ValueError:
        raise _mistyped(argument) from None


def _mistyped(argument: Argument) -> Refusal:
    if argument.name in NOT_JSON:
        return Refusal(NOT_JSON[argument.name])
    if argument.name == "thread_ts":
        return Refusal("invalid_thread_ts")
    nouns = {"bool": "a boolean", "int": "an integer", "list": "an array", "dict": "an object"}
    wanted = nouns.get(argument.kind, "a string")
    return Refusal(
        "invalid_arguments", messages=[f"[ERROR] must provide {wanted} [json-pointer:/{argument.name}]"]
    )
