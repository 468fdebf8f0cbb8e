"""Prose: words for people that are told past the catalogs: `python -m tools.prose bot/slack/answers` lists them.

A guess by patterns, made to be right in practice: two words and more in a literal, one with a capital, or any word
where only people's texts stand (a button's label, an enumeration's table, a table's `words=` and `fix=`). What is no
prose: docstrings, log events, exceptions of the standard library, patterns, what is compared or cut off, and what goes
through say, count or mark.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.sentences import ROOT, imported

GAP = "\0"  # where an f-string puts a value in
GLUE = {", ", "; "}  # listed.py joins as the language does
UNITS = re.compile(r"\b(?:MiB|GiB|KiB|UTC|vCPU|CPU|ECS|AWS|EC2|OOM|Guard|SIG[A-Z]+)\b")
MARKUP = re.compile(r"`[^`]*`|<[^<> ]*>|https?://\S+|\{[^{}]*\}|%[-\w]+")
WORD = re.compile(r"(?<![\w./:=-])[A-Za-z][a-z']+(?![\w/=_-]|\.\w|:\w)|(?<=\s)[aI](?=\s)")
PATTERN = re.compile(r"\\[ bsdwSWD.\[(]|\(\?|\.\*|\[\^|\.\+|\)\|\(")
LABELS = {
    "text",
    "label",
    "title",
    "submit",
    "close",
    "placeholder",
    "description",
    "confirm",
    "deny",
    "alt_text",
    "words",
    "fix",
    "why",
    "reason",
    "evidence",
}
TELLING = {
    "bold": 0,
    "struck": 0,
    "section": 0,
    "context": 0,
    "sentence": 0,
    "button": 0,
    "run": 1,
    "also": 1,
}
NAME = re.compile(r"[A-Z][a-z]{2,}(?:…|\.)?")  # one word as a label has it; elsewhere AWS's own
OF_NAMES = ("bot/slack/", "bot/domain/", "handlers/")
LITERALS = (ast.Constant, ast.Set, ast.List, ast.Tuple)
WORDLESS = {
    "action_id",
    "block_id",
    "callback_id",
    "value",
    "usage",
    "example",
    "command",
    "rule",
    "runtime",
}  # never words
DEAF = {
    "each",
    "fields",
    "moment",
    "number",
    "text",
    "texts",
    "compile",
    "getLogger",
    "get_logger",
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "partition",
    "rpartition",
    "split",
    "search",
    "match",
    "fullmatch",
    "sub",
    "TypeVar",
    "NewType",
    "cast",
    "line_of",
}
OF_PYTHON = {
    "ValueError",
    "TypeError",
    "RuntimeError",
    "LookupError",
    "KeyError",
    "AssertionError",
    "ImportError",
}


@dataclass(frozen=True, slots=True)
class Prose:
    """One literal that reads like a text for people."""

    path: str
    line: int
    text: str


def prose_in(source: str, path: str) -> list[Prose]:
    """What this file tells past the catalogs, from top to bottom."""
    tree = ast.parse(source)
    told = imported(tree)
    has_names = path.startswith(OF_NAMES)
    found = [Prose(path, line, text) for line, text in _walk(tree, told, is_label=False)]
    return sorted(
        (one for one in found if has_names or not NAME.fullmatch(one.text)), key=lambda one: one.line
    )


def reads_like_prose(text: str, *, is_label: bool) -> bool:
    """Whether a literal, GAP for each value, is words for a person."""
    if PATTERN.search(text):
        return False
    plain = UNITS.sub(" ", MARKUP.sub(" ", text))
    words = WORD.findall(plain.replace(GAP, " "))
    if is_label or NAME.fullmatch(text):
        return bool(words)
    if text.startswith("<!"):
        return False  # Slack's own
    needs = 1 if GAP in text or text != text.strip() else 2
    return len(words) >= needs and (" " in text or "\n" in text)


def _walk(node: ast.AST, told: dict[str, str], *, is_label: bool) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _text(node)
        if text is not None and reads_like_prose(text, is_label=is_label):
            yield node.lineno, text.replace(GAP, "{}")
        if isinstance(node, ast.JoinedStr):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _walk(value.value, told, is_label=False)
        return
    if isinstance(node, ast.Call) and _glue(node):
        yield node.lineno, ast.unparse(node.func)
    for child, label in _heard(node, told, is_label=is_label):
        yield from _walk(child, told, is_label=label)


def _heard(node: ast.AST, told: dict[str, str], *, is_label: bool) -> Iterator[tuple[ast.AST, bool]]:
    """The parts of a node that may hold prose, and whether they are labels."""
    if isinstance(node, ast.Call):
        yield from _of_call(node, told)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield value, isinstance(key, ast.Attribute)  # a table of an enumeration's names
    elif not _is_deaf(node):
        keeps = is_label and isinstance(node, ast.IfExp | ast.BoolOp | ast.Tuple | ast.AnnAssign)
        is_compared = isinstance(node, ast.Compare | ast.Subscript)
        for child in ast.iter_child_nodes(node):
            is_type = child in (getattr(node, "returns", None), getattr(node, "annotation", None))
            if not is_type and not (is_compared and isinstance(child, LITERALS)):
                yield child, keeps


def _is_deaf(node: ast.AST) -> bool:
    """A docstring, Python's own exceptions, an enumeration's values, what people type: nothing that they are told."""
    if isinstance(node, ast.FunctionDef):
        return node.name == "typed"
    if isinstance(node, ast.ClassDef):
        return any(isinstance(base, ast.Name) and base.id == "StrEnum" for base in node.bases)
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call) and _name(node.exc) in OF_PYTHON
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.arguments)


def _of_call(call: ast.Call, told: dict[str, str]) -> Iterator[tuple[ast.AST, bool]]:
    name = _name(call)
    is_log = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    if name in DEAF or (is_log and ast.unparse(call.func).startswith("log.")):
        return
    if isinstance(call.func, ast.Attribute):
        yield call.func.value, False
    templates = {"say": 1, "mark": 1, "count": 3}.get(told.get(name, ""), 0)
    for number, argument in enumerate(call.args):
        if number >= templates:
            yield argument, TELLING.get(name) == number
    for keyword in call.keywords:
        if keyword.arg in WORDLESS and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
            continue
        yield keyword.value, keyword.arg in LABELS


def _glue(call: ast.Call) -> bool:
    """Whether it joins as English alone does: `", ".join(names)`."""
    joined = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "join" else None
    return isinstance(joined, ast.Constant) and joined.value in GLUE


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _text(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return "".join(str(one.value) if isinstance(one, ast.Constant) else GAP for one in node.values)


def files_under(name: str) -> list[Path]:
    """The files of a directory, or the one file, of this name."""
    path = ROOT / name
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def main(names: list[str]) -> int:
    """List the prose of some files or directories."""
    for name in names:
        for path in files_under(name):
            for one in prose_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()):
                print(f"{one.path}:{one.line}: {one.text!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
