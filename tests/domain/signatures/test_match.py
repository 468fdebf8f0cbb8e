"""Matching: every signature knows its lines in every wrapping, and stays away from lines that only talk of memory."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.diagnosis.signature import RANK
from bot.domain.signatures.catalogue import SIGNATURES
from bot.domain.telling.masking import LONGEST_SHOWN, cut, masked
from tests.domain.signatures.reading import docker, found, rules
from tests.domain.signatures.samples import SAMPLES

SHARED = Path(__file__).parents[4] / "shared" / "oom_signatures.json"
EXAMPLES = json.loads(SHARED.read_text(encoding="utf-8")) if SHARED.exists() else []


def test_every_signature_has_a_sample() -> None:
    assert {rule for rule, _, _ in SAMPLES} == {signature.rule for signature in SIGNATURES}
    assert len(SAMPLES) == 55


@pytest.mark.parametrize(("rule", "line"), [pytest.param(rule, line, id=rule) for rule, line, _ in SAMPLES])
def test_a_line_is_known(rule: str, line: str) -> None:
    told = {finding.rule: finding for finding in found(line)}
    assert rule in told
    assert told[rule].evidence == line.strip()
    for text in (told[rule].words, told[rule].fix):
        assert text.endswith(".")
        assert len(text) <= 140
        assert not re.search(r"[{}]|None", text)


@pytest.mark.parametrize(("rule", "line"), [pytest.param(rule, line, id=rule) for rule, _, line in SAMPLES])
def test_a_line_close_to_it_is_left_alone(rule: str, line: str) -> None:
    assert rule not in rules(line)


def test_a_line_is_known_after_it_was_cut_for_showing() -> None:
    events = [cut(masked(f"starting\n{line}\n\tat x"), 2000) for _, line, _ in SAMPLES]
    assert [
        rule for (rule, _, _), event in zip(SAMPLES, events, strict=True) if rule not in rules(event)
    ] == []


def test_a_secret_is_not_cut_in_two() -> None:
    (finding,) = found(f"{'x ' * 200}password={'hunter' * 12} java.lang.OutOfMemoryError: Java heap space")
    assert "hunter" not in finding.evidence


@pytest.mark.parametrize("example", [pytest.param(one, id=one["id"]) for one in EXAMPLES])
def test_the_measured_examples_are_known_by_the_same_name(example: dict[str, str]) -> None:
    assert example["id"] in rules(example["example"])


WRAPPINGS = (
    pytest.param(docker, id="docker's JSON"),
    pytest.param(
        lambda line: json.dumps({"level": "error", "ctx": {"stack": [f"x\n{line}\n  y"]}}), id="deep JSON"
    ),
    pytest.param(lambda line: f"app {json.dumps({'message': line})}"[:-2], id="JSON that was cut off"),
    pytest.param(lambda line: docker(docker(line)), id="JSON in JSON"),
    pytest.param(lambda line: f"2026-11-21T03:00:00.123456789Z stderr F {line}", id="containerd's prefix"),
    pytest.param(lambda line: f"worker-1  | {line}", id="compose's prefix"),
    pytest.param(lambda line: f"\x1b[31;1m{line}\x1b[0m", id="colours"),
    pytest.param(lambda line: f"starting\r\n{line}\r\n\tat x", id="several lines in one event"),
)


@pytest.mark.parametrize("wrapped", WRAPPINGS)
def test_every_line_is_known_in_any_wrapping(wrapped: Callable[[str], str]) -> None:
    assert [rule for rule, line, _ in SAMPLES if rule not in rules(wrapped(line))] == []


def test_the_ruling_cause_comes_first_and_all_are_listed() -> None:
    told = rules(
        "Memory cgroup out of memory: Killed process 1 (java) total-vm:1kB, anon-rss:1kB",
        "[1] [ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",
        "java.lang.OutOfMemoryError: Java heap space",
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
    )
    assert told == ["jvm.threads", "jvm.heap", "gunicorn.sigkill", "kernel.memcg"]


def test_the_newest_line_is_the_evidence() -> None:
    (finding,) = found("MemoryError: first", "x", "MemoryError: second", "y")
    assert finding.evidence == "MemoryError: second"


def test_captured_numbers_are_told() -> None:
    (finding,) = found(
        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 1 bytes)"
    )
    assert finding.fix.startswith("Raise memory_limit above 128 MiB")


def test_a_general_signature_is_silent_where_another_knows_the_line() -> None:
    assert rules("LOG:  could not fork new process for connection: Cannot allocate memory") == ["pg.fork"]


def test_evidence_holds_no_secret_and_is_short() -> None:
    (finding,) = found(
        f"{'x ' * 400}password=hunter2 java.lang.OutOfMemoryError: Java heap space {'y ' * 400}"
    )
    assert "hunter2" not in finding.evidence
    assert "OutOfMemoryError: Java heap space" in finding.evidence
    assert len(finding.evidence) <= LONGEST_SHOWN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":' * 5000, id="deep JSON"),
        pytest.param('{"a":"' + "[" * 16000, id="open JSON"),
        pytest.param("Killed process 1 (" * 900, id="many beginnings"),
        pytest.param("task " * 4000, id="many tasks"),
        pytest.param("oom-kill:constraint=CONSTRAINT_MEMCG," * 500, id="many constraints"),
        pytest.param("\n" * 16000, id="only ends of lines"),
        pytest.param("\ud800\x00MemoryError", id="no text at all"),
        pytest.param('{"type":1,"message":["x"],"n":NaN,"big":1e999}', id="odd JSON"),
    ],
)
def test_a_hostile_line_is_survived(text: str) -> None:
    assert len(found(text)) <= 1


def test_every_pattern_is_bounded() -> None:
    """Only one fixed letter may repeat without end: then no line of any length makes a search quadratic."""
    unbounded = re.compile(r"(?:(?<!\\)[\].)]|\\[wdsSDW])[*+]|\{\d+,\}")
    assert [one.rule for one in SIGNATURES if unbounded.search(one.pattern.pattern)] == []


def test_the_catalogue_is_in_the_order_of_causes() -> None:
    ranks = [RANK[signature.cause] for signature in SIGNATURES]
    assert ranks == sorted(ranks)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet='{}[]":,\\x1b Killed MemoryError()', max_size=200))
def test_no_text_makes_it_fall_over(text: str) -> None:
    assert all(finding.evidence for finding in found(text, docker(text)))
