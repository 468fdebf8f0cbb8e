"""Event rules: each passes what it is for and nothing else, and all templates have the same ones."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.aws.message import read_message
from bot.domain.kills.verdict import Verdict
from sandbox.aws.event_patterns import UnknownOperator, passes
from tests.deploy.events import SAMPLES, Event, event, task
from tests.deploy.template import ROOT, patterns, resources

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
PATTERNS: dict[str, Event] = json.loads((ROOT / "deploy" / "terraform" / "patterns.json").read_text())
SHARED = ROOT.parent / "shared" / "events"
TOLD = {"mail", "errors", "every-stop"}  # not in the default choice of KILLS, or for people
KILLS = [PATTERNS[name] for name in PATTERNS if name not in TOLD]


def told_by(one: Event) -> set[str]:
    return {name for name, pattern in PATTERNS.items() if passes(pattern, one)}


@pytest.mark.parametrize(
    ("one", "rules"), [pytest.param(one, rules, id=what) for what, one, rules in SAMPLES]
)
def test_an_event_is_told_by_these_rules(one: Event, rules: set[str]) -> None:
    assert told_by(one) - {"every-stop"} == rules


def test_every_stop_means_every_stop_of_a_task() -> None:
    assert [what for what, one, _ in SAMPLES if "every-stop" in told_by(one)] == [
        what
        for what, one, _ in SAMPLES
        if one["source"] == "aws.ecs" and one["detail"].get("lastStatus") == "STOPPED"
    ]


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        pytest.param("monitoring", set(), id="to the topic"),
        pytest.param("sqs", {"mail"}, id="to the queue"),
        pytest.param("member", {"mail"}, id="to the organisation's bus"),
    ],
)
def test_every_template_has_the_same_patterns(name: str, left_out: set[str]) -> None:
    assert patterns(name) == {key: value for key, value in PATTERNS.items() if key not in left_out}


def verdict(one: Event) -> Verdict:
    return read_message(json.dumps(one), now=NOW).verdict


@pytest.mark.parametrize("one", [pytest.param(one, id=what) for what, one, _ in SAMPLES])
def test_what_the_bot_calls_a_kill_reaches_it_by_default(one: Event) -> None:
    is_from_aws = one["source"] in {"aws.ecs", "aws.batch"}
    if verdict(one).is_kill and is_from_aws:
        assert any(passes(pattern, one) for pattern in KILLS)
    if passes(PATTERNS["oom"], one):
        assert verdict(one) is Verdict.OOM


def unwrapped(document: Any) -> Event | None:
    """The event in a file of shared events, whatever SNS and Lambda wrapped round it; None for no typed event."""
    if not isinstance(document, dict):
        return None
    if "Records" in document:
        return unwrapped(document["Records"][0]["Sns"])
    if "Message" in document:
        try:
            return unwrapped(json.loads(document["Message"]))
        except ValueError:
            return None
    return document if {"source", "detail-type"} <= document.keys() else None


def shared_events() -> Iterator[Any]:
    """The rows that the shared folder adds where it is there: a file's event and its verdict."""
    if not (SHARED / "expected.json").exists():
        return
    for name, expected in json.loads((SHARED / "expected.json").read_text()).items():
        document = json.loads((SHARED / name).read_text())
        found = unwrapped(document)
        if found is not None:
            yield pytest.param(found, expected, id=Path(name).stem)


@pytest.mark.parametrize(("one", "expected"), [*shared_events()])
def test_shared_events(one: Event, expected: str) -> None:
    if one["source"] == "aws.ecs":
        assert passes(PATTERNS["oom"], one) == (expected == "oom")
    if expected in {"oom", "suspected_oom"}:
        assert any(passes(pattern, one) for pattern in KILLS)


def test_the_sentence_of_the_e_mail_rule_is_one_that_the_bot_reads() -> None:
    """As in stacks of old, whose InputTransformer sends nothing but this sentence to the bot itself."""
    [target] = resources("monitoring", "AWS::Events::Rule")["MailRule"]["Targets"]
    transformer = target["InputTransformer"]
    assert transformer["InputPathsMap"] == {"taskArn": "$.detail.taskArn"}
    arn = str(task()["detail"]["taskArn"])
    said = transformer["InputTemplate"].replace("<taskArn>", arn)
    assert said.startswith('"'), "EventBridge takes a quoted text, and leaves the quotes there"
    found = read_message(said, now=NOW)
    assert (found.verdict, found.lookup_task_arns) == (Verdict.OOM, (arn,))


def test_the_hourly_pulse_is_heard_and_means_nothing() -> None:
    found = read_message(json.dumps(event("Scheduled Event", {}, "aws.events")), now=NOW)
    assert (found.verdict, found.is_known, found.account) == (Verdict.NONE, True, "123456789012")


@pytest.mark.parametrize(
    ("pattern", "one", "expected"),
    [
        pytest.param({"a": ["x"]}, {"a": "X"}, False, id="case counts"),
        pytest.param({"a": [1]}, {"a": "1"}, False, id="a number is no text"),
        pytest.param({"a": ["x"]}, {"a": ["y", "x"]}, True, id="any element"),
        pytest.param({"a": ["x"]}, {}, False, id="the field must be there"),
        pytest.param(
            {"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x"}, {"c": "y"}]}, False, id="not across elements"
        ),
        pytest.param(
            {"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x", "c": "y"}]}, True, id="in one element"
        ),
        pytest.param({"a": [{"prefix": "x"}]}, {"a": "xy"}, True, id="prefix"),
        pytest.param({"a": [{"anything-but": [0]}]}, {"a": 1}, True, id="anything but"),
        pytest.param({"a": [{"anything-but": [0]}]}, {"b": 1}, False, id="anything but wants the field"),
        pytest.param({"a": [{"wildcard": "*b*"}]}, {"a": "abc"}, True, id="wildcard"),
    ],
)
def test_the_matcher_itself(pattern: Event, one: Event, expected: bool) -> None:
    assert passes(pattern, one) is expected


@pytest.mark.parametrize(
    ("pattern", "error"),
    [
        pytest.param({"a": [{"cidr": "10.0.0.0/8"}]}, UnknownOperator, id="an operator it does not know"),
        pytest.param({"a": "x"}, ValueError, id="a leaf that is no list"),
        pytest.param({"a": []}, ValueError, id="a list of nothing"),
        pytest.param({"a": ["x" * 2048]}, ValueError, id="too long"),
    ],
)
def test_the_matcher_is_strict(pattern: Event, error: type[Exception]) -> None:
    with pytest.raises(error):
        passes(pattern, {"a": "x"})
