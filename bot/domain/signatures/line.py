"""Physical lines: what a program printed, out of colours, prefixes and JSON wrapping."""

import json
from collections.abc import Iterator

from bot.domain.telling.masking import ANSI, BREAK, LONGEST_READ

MOST_LINES = 100  # of one event: a long stack trace
LONGEST_LINE = 4000
DEEPEST = 5
KINDS = frozenset({"type", "class", "exception", "error", "name", "exceptionclass", "kind", "error_type"})
MESSAGES = frozenset({"message", "msg", "error_message", "reason"})
SAID = MESSAGES | {"log", "line", "text", "body", "event"}
ESCAPES = (
    ("\\r", ""),
    ("\\n", "\n"),
    ("\\t", "\t"),
    ('\\"', '"'),
    ("\\u001b", "\x1b"),
    ("\\u0027", "'"),
    ("\\u003e", ">"),
)


def physical_lines(text: str) -> tuple[str, ...]:
    """The lines in one log event, without colours; of JSON the lines of its strings, bounded in number and length."""
    pieces: list[str] = []
    for piece in _pieces(text[:LONGEST_READ]):
        pieces += ANSI.sub("", piece).replace(BREAK, "\n").splitlines()
    return tuple(dict.fromkeys(piece[:LONGEST_LINE] for piece in pieces[:MOST_LINES] if piece.strip()))


def _pieces(text: str) -> Iterator[str]:
    start = text.find("{")
    if start < 0 or '"' not in text:
        yield text
        return
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        yield _unescaped(text)
        return
    yield f"{text[:start]} {text[end:]}"
    yield from _strings(value, 0)


def _strings(value: object, depth: int) -> Iterator[str]:
    """Every string, and "type: message" where an object tells them apart, as most structured loggers do."""
    if isinstance(value, str):
        yield from _pieces(value) if depth < DEEPEST and value.startswith("{") else (value,)
    elif isinstance(value, dict) and depth < DEEPEST:
        kind, message = _named(value, KINDS), _named(value, MESSAGES)
        if kind and message:
            yield f"{kind}: {message}"
        for key, item in value.items():
            yield from (_labelled(key, item),) if _is_label(key, item) else _strings(item, depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        for item in value:
            yield from _strings(item, depth + 1)


def _is_label(key: str, item: object) -> bool:
    """Whether a value means nothing without its key: true, or one word that no logger said (a state "Killed")."""
    is_word = isinstance(item, str) and not item.startswith("{") and len(item.split()) == 1
    return isinstance(item, bool) or (is_word and key.rpartition(".")[2].lower() not in SAID)


def _labelled(key: str, item: object) -> str:
    return f"{key}: {item if isinstance(item, str) else json.dumps(item)}"


def _named(value: dict[str, object], names: frozenset[str]) -> str:
    for key, item in value.items():
        if isinstance(item, str) and key.rpartition(".")[2].lower() in names:
            return item
    return ""


def _unescaped(text: str) -> str:
    for escaped, plain in ESCAPES:
        text = text.replace(escaped, plain)
    return text
