"""Classify: files as people save them, in every wrapping; and the shared samples where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.aws.classify import classify_file, classify_text, was_read
from tests.domain.shapes import BY_ITSELF, NOW, OOM_TEXT, TASK, container, job_event, task_event

OOM_EVENT = task_event(container(exitCode=137, reason=OOM_TEXT), **BY_ITSELF)
SENTENCE = f"\"Task '{TASK}' was stopped due to OutOfMemory.\""
SHARED = Path(__file__).parents[3] / "shared" / "events"
EXPECTED: dict[str, str] = (
    json.loads((SHARED / "expected.json").read_text()) if (SHARED / "expected.json").exists() else {}
)
KILL = {
    "container": "app",
    "task_arn": TASK,
    "group_key": "123456789012/eu-west-1/prod/service:checkout/app",
    "exit_code": 137,
    "reason": "ECS reported OutOfMemoryError for container app (exit code 137)",
}


def _sns(message: str, kind: str = "Notification") -> dict[str, Any]:
    return {
        "Type": kind,
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:oom",
        "Message": message,
    }


def _lambda(*messages: str) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": _sns(message)} for message in messages]}


def _sqs(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": body, "eventSource": "aws:sqs"}]}


@pytest.mark.parametrize("name", EXPECTED)
def test_shared_samples(name: str) -> None:
    assert classify_file(SHARED / name)["verdict"] == EXPECTED[name]


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(OOM_EVENT, id="bare"),
        pytest.param(_sns(json.dumps(OOM_EVENT)), id="as SNS posts it"),
        pytest.param(_lambda(json.dumps(OOM_EVENT)), id="as Lambda gets it"),
        pytest.param(_sqs(json.dumps(OOM_EVENT)), id="as SQS delivers it raw"),
        pytest.param(_sqs(json.dumps(_sns(json.dumps(OOM_EVENT)))), id="through SNS and SQS"),
        pytest.param(
            {"Messages": [{"MessageId": "1", "Body": json.dumps(OOM_EVENT)}]},
            id="as receive-message prints it",
        ),
        pytest.param(_lambda("hello", json.dumps(OOM_EVENT)), id="the second of two records"),
    ],
)
def test_wrappings(wrapped: dict[str, Any]) -> None:
    answer = classify_text(json.dumps(wrapped), NOW)
    assert answer == {"verdict": "oom", "kills": [KILL], "why": KILL["reason"]}


def test_a_kill_in_each_of_two_records_is_two_kills() -> None:
    batch = job_event({"container": {"taskArn": TASK + "9", "exitCode": 137, "reason": OOM_TEXT}})
    answer = classify_text(json.dumps(_lambda(json.dumps(OOM_EVENT), json.dumps(batch))), NOW)
    kills = answer["kills"]
    assert isinstance(kills, list)
    assert [kill["container"] for kill in kills] == ["app", "default"]


@pytest.mark.parametrize("content", [SENTENCE, json.dumps(_sns(SENTENCE))], ids=["bare", "as SNS posts it"])
def test_a_sentence_names_the_task_alone(content: str) -> None:
    answer = classify_text(content, NOW)
    assert answer["verdict"] == "oom"
    assert answer["kills"] == [
        {"container": "", "task_arn": TASK, "group_key": "", "exit_code": None, "reason": answer["why"]}
    ]


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(_sns("You have chosen to subscribe", "SubscriptionConfirmation"), id="a confirmation"),
        pytest.param(_sns("hello"), id="a greeting"),
        pytest.param({"Records": [{}, None, {"Sns": 5}]}, id="records without a message"),
        pytest.param({"Records": []}, id="no records"),
        pytest.param({"Type": "Notification", "Message": {"detail": 1}}, id="a message that is no text"),
        pytest.param({"Type": ["Notification"], "Message": "x"}, id="a type that is no text"),
    ],
)
def test_wrappings_of_nothing(wrapped: dict[str, Any]) -> None:
    answer = classify_text(json.dumps(wrapped), NOW)
    assert (answer["verdict"], answer["kills"]) == ("none", [])
    assert answer["why"]


def test_a_wrapping_without_end_is_not_followed() -> None:
    message = json.dumps(OOM_EVENT)
    for _ in range(8):
        message = json.dumps(_sns(message))
    kills = classify_text(message, NOW)["kills"]
    assert isinstance(kills, list)
    assert KILL not in kills


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text("\ufeff" + json.dumps(OOM_EVENT))
    answer = classify_file(file)
    assert answer == {"file": str(file), "verdict": "oom", "kills": [KILL], "why": KILL["reason"]}
    assert was_read(answer)
    assert json.loads(json.dumps(answer)) == answer


def test_broken_json_was_read_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(OOM_EVENT)[:-40])
    answer = classify_file(file)
    assert (answer["verdict"], answer["why"]) == ("none", "The message looks like JSON but is broken")
    assert was_read(answer)


@pytest.mark.parametrize(
    "content", [None, b"\xff\xfe{\x00", b" " * 5_000_000], ids=["absent", "UTF-16", "too large"]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "event.json"
    if content is not None:
        file.write_bytes(content)
    answer = classify_file(file)
    assert set(answer) == {"file", "verdict", "kills", "why"}
    assert (answer["verdict"], answer["kills"]) == ("none", [])
    assert str(answer["why"]).startswith("The file could not be read: ")
    assert not was_read(answer)


@pytest.mark.parametrize("path", [".", "no\x00name"], ids=["a folder", "an impossible name"])
def test_a_path_that_is_no_file(path: str) -> None:
    assert not was_read(classify_file(path))
