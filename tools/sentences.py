"""Sentences: what the source tells people through say, count and mark, found by reading the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).parents[1]
LANGUAGE = "bot.domain.telling.language"
WORDS = {"say": 1, "count": 2, "mark": 1}  # how many templates each takes
AREAS = {  # each is a .po file that one person can translate; of the prefixes that fit the longest decides
    "alert": "bot/slack/ bot/domain/alert/",
    "answers": "bot/slack/answers/",
    "aws": "bot/aws/ bot/domain/aws/",
    "chart": "bot/chart/ bot/domain/chart/",
    "commands": "bot/domain/command/",
    "configuration": "bot/composition/ bot/configuration/",
    "diagnosis": "bot/domain/diagnosis/ bot/domain/investigation/ bot/domain/sizing/",
    "doctor": "bot/aws/checkup/ bot/composition/clinic bot/domain/checkup/ bot/domain/kills/drill bot/reconcile/doctor "
    "bot/slack/answers/checkup bot/slack/answers/drill bot/slack/checkup bot/slack/drill bot/slack/scopes",
    "domain": "bot/domain/calendar/ bot/domain/incident/ bot/domain/routing/ bot/domain/subject/ bot/domain/telling/",
    "evidence": "bot/aws/evidence/",
    "handlers": "handlers/",
    "home": "bot/domain/home/ bot/slack/direct_message bot/slack/home",
    "inspection": "bot/domain/inspection/ bot/slack/answers/fleet bot/slack/answers/inspection bot/slack/answers/late "
    "bot/slack/answers/near bot/slack/answers/scan bot/slack/answers/waste",
    "knobs": "bot/domain/knobs/",
    "plan": "bot/domain/plan/ bot/domain/policy/ bot/domain/resize/",
    "reconcile": "bot/reconcile/",
    "report": "bot/domain/report/ bot/slack/answers/report bot/slack/report",
    "resize": "bot/slack/resize/ bot/store/freezes bot/store/resize",
    "resizing": "bot/aws/resize_writing bot/aws/resizing/",
    "signatures": "bot/domain/signatures/",
    "store": "bot/store/",
    "verdicts": "bot/aws/message bot/domain/kills/",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One call of say, count or mark with literals. `keywords` is None where more come by `**`."""

    path: str
    line: int
    word: str
    templates: tuple[str, ...]  # one, or one and many
    keywords: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A call whose template no catalog can have."""

    path: str
    line: int


def area_of(path: str) -> str:
    """Which catalog a file's sentences belong to; raises LookupError where nobody thought of one."""
    fitting = [
        (len(prefix), area)
        for area, prefixes in AREAS.items()
        for prefix in prefixes.split()
        if path.startswith(prefix)
    ]
    if not fitting:
        raise LookupError(f"{path} tells something and belongs to no area: see AREAS in tools/sentences.py")
    return max(fitting)[1]


def sources() -> list[Path]:
    """Every file that may tell people something, in order."""
    return sorted(path for wing in ("bot", "handlers") for path in (ROOT / wing).rglob("*.py"))


def all_told() -> Iterator[Told | Refused]:
    """Every sentence of the source, in the order of files and lines."""
    for path in sources():
        yield from told_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())


def told_in(source: str, path: str) -> Iterator[Told | Refused]:
    """The sentences of one file, from top to bottom."""
    if LANGUAGE not in source:
        return
    tree = ast.parse(source)
    names = imported(tree)
    if not names or path == "bot/domain/telling/language.py":
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in names:
            yield from _of_call(call, names[call.func.id], path)


def imported(tree: ast.AST) -> dict[str, str]:
    """What this file calls say, count and mark."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == LANGUAGE
        for alias in node.names
        if alias.name in WORDS
    }


def placeholders(template: str) -> frozenset[str]:
    """The names that values are put in for, with their format: `{share:.0%}` is `share:.0%`."""
    return frozenset(
        f"{name}!{conversion}:{form}" if conversion else f"{name}:{form}"
        for _, name, form, conversion in Formatter().parse(template)
        if name is not None
    )


def _of_call(call: ast.Call, word: str, path: str) -> Iterator[Told | Refused]:
    arguments = call.args[1:] if word == "count" else call.args
    given = None if any(one.arg is None for one in call.keywords) else frozenset(_names(call, word))
    choices = [_literals(one) for one in arguments[: WORDS[word]]]
    if word == "say" and choices and choices[0] is None and _is_looked_up(arguments[0]):
        return  # marked where it was written
    if len(choices) != WORDS[word] or any(choice is None or len(choice) != 1 for choice in choices[1:]):
        yield Refused(path, call.lineno)
        return
    rest = tuple(choice[0] for choice in choices[1:] if choice)
    if not choices[0] or (rest and len(choices[0]) != 1):
        yield Refused(path, call.lineno)
        return
    for template in choices[0]:
        yield Told(path, call.lineno, word, (template, *rest), given)


def _names(call: ast.Call, word: str) -> Iterator[str]:
    yield from (one.arg for one in call.keywords if one.arg is not None)
    if word == "count":
        yield "n"


def _literals(node: ast.expr) -> list[str] | None:
    """The literals that an argument may be: one, or several of a conditional; None where it is anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [node.value]
    if isinstance(node, ast.IfExp):
        both = (_literals(node.body), _literals(node.orelse))
        return None if both[0] is None or both[1] is None else [*both[0], *both[1]]
    return None


def _is_looked_up(node: ast.expr) -> bool:
    """Whether it is a name, or an entry of a table: no sentence is made or written here."""
    if isinstance(node, ast.Name | ast.Attribute):
        return True
    if isinstance(node, ast.Subscript):
        return _is_looked_up(node.value) or isinstance(node.value, ast.Dict)
    is_get = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
    return is_get and not any(isinstance(one, ast.Constant) and one.value for one in ast.walk(node))
