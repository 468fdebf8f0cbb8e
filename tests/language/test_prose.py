"""Prose: in the directories that are converted no sentence is told past the catalogs."""

from pathlib import Path

import pytest

from tools.prose import files_under, prose_in
from tools.sentences import ROOT

HERE = Path(__file__).parent


def entries(name: str) -> list[str]:
    """The lines of a list, without remarks."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


EXEMPT = {tuple(part.strip() for part in line.split(" | ")[:2]) for line in entries("not_told.txt")}
FILES = [
    (path, path.relative_to(ROOT).as_posix()) for name in entries("told.txt") for path in files_under(name)
]


@pytest.mark.parametrize(("path", "name"), [pytest.param(path, name, id=name) for path, name in FILES])
def test_every_sentence_of_a_converted_file_can_be_translated(path: Path, name: str) -> None:
    found = prose_in(path.read_text(encoding="utf-8"), name)
    past = [f"{one.path}:{one.line}: {one.text!r}" for one in found if (name, one.text.strip()) not in EXEMPT]
    assert past == [], "wrap these in say, count or mark, or argue in not_told.txt"


def test_no_exemption_outlives_its_need() -> None:
    seen = {
        (name, one.text.strip()) for path, name in FILES for one in prose_in(path.read_text("utf-8"), name)
    }
    assert EXEMPT - seen == set()


def test_every_exemption_is_argued() -> None:
    assert [line for line in entries("not_told.txt") if len(line.split(" | ")) != 3] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('x = "It was killed"', ["It was killed"], id="a sentence"),
        pytest.param('x = f"{n} kills"', ["{} kills"], id="a word with a value"),
        pytest.param('x = " and ".join(y)', [" and "], id="glue"),
        pytest.param('x = ", ".join(y)', ["', '.join"], id="a list that is joined as in English"),
        pytest.param('log.info("it.was", all=", ".join(y))', [], id="a list in a log event"),
        pytest.param('ButtonElement(text="resolve")', ["resolve"], id="a label is one word"),
        pytest.param('X = {Phase.OPEN: "open"}', ["open"], id="a table of an enumeration"),
        pytest.param('x = ("When", y)', ["When"], id="a heading"),
        pytest.param('x = say("{n} are", n="all of them")', ["all of them"], id="a value in a sentence"),
        pytest.param('x = say("It was killed")', [], id="said"),
        pytest.param('x = count(n, "{n} dead kill", "{n} dead kills")', [], id="counted"),
        pytest.param('X = {Phase.OPEN: mark("open")}', [], id="marked"),
        pytest.param('def f():\n    "It was killed."', [], id="a docstring"),
        pytest.param('log.info("it.was", why="It was killed")', [], id="a log event"),
        pytest.param('raise ValueError("it is not so")', [], id="an exception for developers"),
        pytest.param(
            'raise Refused("it is not so")', ["it is not so"], id="an exception that people are told"
        ),
        pytest.param('x = re.compile("out of memory")', [], id="a pattern"),
        pytest.param('x = "out of memory" in y', [], id="what is looked for"),
        pytest.param('x = f"incident.{a}.{b}"', [], id="an identifier"),
        pytest.param(
            'def typed(self):\n    return f"stats {self.query}"', [], id="what means a command is typed"
        ),
        pytest.param('class X(StrEnum):\n    A = "it was killed"', [], id="an enumeration is not shown"),
        pytest.param(
            'Verb(does="It was killed", example="stats checkout 7d")', ["It was killed"], id="a command"
        ),
        pytest.param(
            'Signature(rule="go.oom", runtime="Go and C", pattern=line_of("out of memory"), words="It ended", fix=A)',
            ["It ended"],
            id="a table's words, its pattern not",
        ),
        pytest.param(
            'Signature(words=mark("It ended"), fix=mark("Raise it"))', [], id="a table that is marked"
        ),
        pytest.param(
            'Finding(words="full", fix="enlarge")', ["full", "enlarge"], id="words are one word as well"
        ),
        pytest.param('WANTED = r"\\ for\\ an\\ array"', [], id="a part of a pattern"),
        pytest.param('x = f"{n} MiB"', [], id="a unit is the same everywhere"),
        pytest.param(
            'x = code("/oom stats checkout")', ["/oom stats checkout"], id="a command must be exempted"
        ),
    ],
)
def test_what_reads_like_prose(source: str, expected: list[str]) -> None:
    source = f"from bot.domain.telling.language import count, mark, say\n{source}\n"
    assert [one.text for one in prose_in(source, "bot/slack/x.py")] == expected
