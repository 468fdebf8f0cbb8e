"""Messages: events, alarms, sentences and rubbish, as SNS delivers them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.aws.message import from_arn_alone, from_described_task, read_message
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import BY_ITSELF, NOW, OOM_TEXT, TASK, container, memory_alarm, task_event

OOM_EVENT = task_event(container(exitCode=137, reason=OOM_TEXT), **BY_ITSELF)
SENTENCE = f"Task '{TASK}' was stopped due to OutOfMemory."
OLD_TASK = "arn:aws-cn:ecs:cn-north-1:123456789012:task/b99d40b3-5176-4f71-9a52-9dbd6f1cebef"
ALARM_MAIL = """You are receiving this email because your Amazon CloudWatch Alarm "checkout-memory" has entered the
ALARM state. Monitored Metric:
- MetricNamespace:                     AWS/ECS
- MetricName:                          MemoryUtilization
"""


@pytest.mark.parametrize(
    ("text", "subject", "task_arn"),
    [
        pytest.param(SENTENCE, "", TASK, id="plain"),
        pytest.param(f'"{SENTENCE}"', "", TASK, id="in the quotes of an InputTransformer"),
        pytest.param(f'  "{SENTENCE}"\n', "", TASK, id="blanks around"),
        pytest.param(f'"{SENTENCE}', "", TASK, id="one quote got lost"),
        pytest.param(f"Task {TASK} was stopped: out of memory", "", TASK, id="own words"),
        pytest.param(
            f"Task '{OLD_TASK}' was stopped due to OutOfMemory.", "", OLD_TASK, id="old short ARN, China"
        ),
        pytest.param(f"See {TASK}", "OutOfMemory in prod", TASK, id="the subject says what"),
        pytest.param("OOM-killed", f"Task {TASK}", TASK, id="the subject says who"),
        pytest.param(
            json.dumps({"task": TASK, "message": "OutOfMemory"}), "", TASK, id="an object of their own"
        ),
        pytest.param(f"\ufeff{SENTENCE}", "", TASK, id="a byte order mark"),
        pytest.param(f"[prod] {SENTENCE}", "", TASK, id="a bracket before it"),
        pytest.param(f"{{prod}} {SENTENCE}", "", TASK, id="a brace before it"),
        pytest.param(
            f'{{"task": {TASK}, "reason": OutOfMemoryError}}',
            "",
            TASK,
            id="an object whose values lack quotes",
        ),
        pytest.param(f"Task {TASK} of service oom-worker: OOM", "", TASK, id="a service called oom, killed"),
    ],
)
def test_a_sentence_that_names_a_task(text: str, subject: str, task_arn: str) -> None:
    assessment = read_message(text, subject, now=NOW)
    assert (assessment.verdict, assessment.lookup_task_arns) == (Verdict.OOM, (task_arn,))
    assert assessment.deaths == ()


def test_a_sentence_that_names_two_tasks_has_both_looked_up() -> None:
    assessment = read_message(f"Tasks '{TASK}', '{OLD_TASK}' and '{TASK}' ran out of memory", now=NOW)
    assert (assessment.verdict, assessment.lookup_task_arns) == (Verdict.OOM, (TASK, OLD_TASK))


@pytest.mark.parametrize(
    ("text", "subject", "verdict"),
    [
        pytest.param(json.dumps(OOM_EVENT), "", Verdict.OOM, id="an event"),
        pytest.param(
            json.dumps(OOM_EVENT), "ALARM: something else", Verdict.OOM, id="an event under any subject"
        ),
        pytest.param(json.dumps([OOM_EVENT]), "", Verdict.OOM, id="a list of events"),
        pytest.param(
            json.dumps(
                task_event(container(exitCode=137), stopCode="UserInitiated", stoppedReason="OutOfMemory")
            ),
            "OutOfMemory",
            Verdict.NONE,
            id="an event is judged by its fields, not by its words",
        ),
        pytest.param(
            json.dumps(memory_alarm()), 'ALARM: "checkout-memory"', Verdict.MEMORY_WARNING, id="an alarm"
        ),
        pytest.param(
            json.dumps(memory_alarm("OK")), 'OK: "checkout-memory"', Verdict.NONE, id="an alarm that ended"
        ),
        pytest.param(
            ALARM_MAIL, 'ALARM: "checkout-memory" in EU', Verdict.MEMORY_WARNING, id="an alarm's e-mail"
        ),
        pytest.param(ALARM_MAIL, 'OK: "checkout-memory" in EU', Verdict.NONE, id="an e-mail that it ended"),
        pytest.param("disk full", 'ALARM: "disk" in EU', Verdict.NONE, id="another alarm's e-mail"),
        pytest.param(
            "java.lang.OutOfMemoryError: Java heap space", "", Verdict.NONE, id="a heap, and no task"
        ),
        pytest.param(f"Task '{TASK}' was started.", "", Verdict.NONE, id="a task, and no memory"),
        pytest.param(
            f"Task '{TASK.replace('prod', 'oom')}' was started.",
            "",
            Verdict.NONE,
            id="a cluster that is called oom",
        ),
        pytest.param(
            f"Task '{TASK}' of service oom-worker was stopped due to a deployment.",
            "",
            Verdict.NONE,
            id="a service that is called oom",
        ),
        pytest.param(
            f"[prod] Task '{TASK}' was started.", "", Verdict.NONE, id="a bracket, a task, and no memory"
        ),
        pytest.param("Hello world!", "My First Message", Verdict.NONE, id="hello"),
        pytest.param("", "", Verdict.NONE, id="nothing"),
        pytest.param(json.dumps(OOM_EVENT)[:-40], "", Verdict.NONE, id="half an event"),
        pytest.param("[" * 100_000, "", Verdict.NONE, id="a deep well"),
        pytest.param('{"detail":' * 5000 + "1" + "}" * 5000, "", Verdict.NONE, id="a deep and valid well"),
        pytest.param('{"detail": {"version": ' + "9" * 5000 + "}}", "", Verdict.NONE, id="a huge number"),
        pytest.param('{"detail": {"version": NaN}}', "", Verdict.NONE, id="not a number"),
        pytest.param('{"detail": "\ud800"}', "", Verdict.NONE, id="half a surrogate pair"),
        pytest.param("x" * 3_000_000, "", Verdict.NONE, id="far too long"),
        pytest.param("12345", "", Verdict.NONE, id="a number"),
    ],
)
def test_verdict(text: str, subject: str, verdict: Verdict) -> None:
    assessment = read_message(text, subject, now=NOW)
    assert assessment.verdict is verdict
    assert assessment.lookup_task_arns == ()
    assert assessment.why


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.text().map(lambda inner: json.dumps({"detail": inner}))), st.text())
def test_any_text_has_a_verdict(text: str, subject: str) -> None:
    assert read_message(text, subject, now=NOW).verdict in Verdict


def test_a_described_task_has_datetimes() -> None:
    told = OOM_EVENT["detail"] | {
        "startedAt": datetime(2026, 3, 1, 9, 13, 20, tzinfo=UTC),
        "executionStoppedAt": datetime(2026, 3, 1, 10, 13, 20, tzinfo=UTC),
    }
    (kill,) = from_described_task(told, NOW).kills
    assert str(kill.group_key) == "123456789012/eu-west-1/prod/service:checkout/app"
    assert kill.lifetime_s == 3600


def test_a_task_that_ecs_has_forgotten_is_still_a_kill() -> None:
    (kill,) = from_arn_alone(TASK, NOW).kills
    assert str(kill.group_key) == "123456789012/eu-west-1/prod/task:0a1b2c3d4e5f60718293a4b5c6d7e8f9/"
    assert (kill.task_arn, kill.container, kill.died_at) == (TASK, "", NOW)
