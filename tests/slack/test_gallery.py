"""Every message that the bot can produce about incidents, word for word, and within Slack's rules."""

import json
from pathlib import Path

import pytest

from bot.slack.message import Message
from tests.slack.block_kit import complaints
from tests.slack.gallery import ALERTS, GALLERY, OPERATOR_ALERTS, REPLIES, STORMS

GOLDEN = Path(__file__).parents[1] / "golden"
ALL = [pytest.param(name, message, id=name) for name, message in GALLERY.items()]


@pytest.mark.parametrize(("name", "message"), ALL)
def test_says_what_the_golden_file_says(name: str, message: Message, rewrite_golden: bool) -> None:
    said = json.dumps(message.as_arguments(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"{name}.json"
    if rewrite_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "message"), ALL)
def test_keeps_the_rules_of_block_kit(name: str, message: Message) -> None:
    assert complaints(message.as_arguments()) == []


def test_no_golden_file_is_left_over() -> None:
    ours = {
        path.stem
        for kind in ("alert", "reply", "operator", "storm")
        for path in GOLDEN.glob(f"{kind}_*.json")
    }
    assert ours == set(GALLERY)


@pytest.mark.parametrize("message", [pytest.param(alert, id=name) for name, alert in ALERTS.items()])
def test_an_alert_can_be_found_again_by_its_incident(message: Message) -> None:
    assert message.as_arguments()["metadata"] == {
        "event_type": "oom_guard_incident",
        "event_payload": {"incident_id": "42"},
    }


@pytest.mark.parametrize("message", [pytest.param(reply, id=name) for name, reply in REPLIES.items()])
def test_a_reply_is_never_taken_for_the_alert(message: Message) -> None:
    assert "metadata" not in message.as_arguments()


def test_an_operator_alert_can_be_found_again() -> None:
    assert OPERATOR_ALERTS["once"].as_arguments()["metadata"] == {
        "event_type": "oom_guard_operator_alert",
        "event_payload": {"operator_alert_id": "5"},
    }


def test_a_storm_can_be_found_again() -> None:
    assert STORMS["over"].as_arguments()["metadata"] == {
        "event_type": "oom_guard_storm",
        "event_payload": {"storm_id": "5"},
    }


def test_a_storm_is_told_in_one_glance() -> None:
    told = STORMS["of_200_services"].as_arguments()
    assert told["text"] == (
        "OOM storm in prod-eu: 200 services in cluster prod ran out of memory "
        "(1,100 kills, since 21 Nov 11:39 UTC). Look for what they share: a deployment, a load peak, a host, or "
        "something that all of them call. Open."
    )
    assert "and 190 more" in str(told["attachments"])
