"""Every answer that a person may get: word for word, within Slack's rules, and safe whatever AWS calls its things."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.command.command import Misuse
from bot.domain.command.grammar import parse
from bot.slack.answers.answer import Answer
from tests.slack.answers import gallery
from tests.slack.answers.checkup_gallery import CHECKUPS, HOSTILE_CHECKUPS, LONG_CHECKUPS
from tests.slack.answers.fleet_gallery import HOSTILE_LOOKS, LONG_LOOKS, LOOKS
from tests.slack.answers.route_gallery import HOSTILE_ROUTES, LONG_ROUTES, ROUTE_ANSWERS
from tests.slack.block_kit import complaints, texts
from tests.slack.incidents import ALICE
from tests.slack.report_gallery import ANSWERS as REPORTS
from tests.slack.report_gallery import HOSTILE_ANSWERS as HOSTILE_REPORTS

GOLDEN = Path(__file__).parents[2] / "golden"
ANSWERS = {**gallery.ANSWERS, **LOOKS, **REPORTS, **CHECKUPS, **ROUTE_ANSWERS}
HOSTILE_ANSWERS = {**gallery.HOSTILE_ANSWERS, **{f"look {name}": one for name, one in HOSTILE_LOOKS.items()}}
HOSTILE_ANSWERS |= {f"of {name}": one for name, one in HOSTILE_REPORTS.items()}
HOSTILE_ANSWERS |= {f"on {name}": one for name, one in HOSTILE_CHECKUPS.items()}
LONG_ANSWERS = {**gallery.LONG_ANSWERS, **{f"look {name}": one for name, one in LONG_LOOKS.items()}}
LONG_ANSWERS |= {f"on {name}": one for name, one in LONG_CHECKUPS.items()}
HOSTILE_ANSWERS |= HOSTILE_ROUTES
LONG_ANSWERS |= LONG_ROUTES
ALL = [pytest.param(name, answer, id=name) for name, answer in ANSWERS.items()]
EVERY = [
    pytest.param(answer, id=f"{kind} {name}")
    for kind, answers in (("usual", ANSWERS), ("hostile", HOSTILE_ANSWERS), ("long", LONG_ANSWERS))
    for name, answer in answers.items()
]
# An answer may say more than a push, and has a button beside each row.
ALERTS_ONLY = ("more than four controls", "text of ", "markup in the push")


def faults(message: dict[str, Any]) -> list[str]:
    return [complaint for complaint in complaints(message) if not complaint.startswith(ALERTS_ONLY)]


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    beside = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    below = [
        element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]
    ]
    return beside + below


@pytest.mark.parametrize(("name", "answer"), ALL)
def test_says_what_the_golden_file_says(name: str, answer: Answer, rewrite_golden: bool) -> None:
    said = json.dumps(answer.privately().as_arguments(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"answer_{name}.json"
    if rewrite_golden:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem.removeprefix("answer_") for path in GOLDEN.glob("answer_*.json")} == set(ANSWERS)


@pytest.mark.parametrize("answer", EVERY)
def test_keeps_the_rules_of_block_kit(answer: Answer) -> None:
    assert faults(answer.privately().as_arguments()) == []


@pytest.mark.parametrize("answer", EVERY)
def test_the_text_alone_tells_it(answer: Answer) -> None:
    text = answer.privately().text
    assert 10 < len(text) <= 4000
    assert "\n" not in text
    assert "<!" not in text


@pytest.mark.parametrize("answer", EVERY)
def test_at_most_four_buttons_in_a_row_each_short(answer: Answer) -> None:
    for block in answer.privately().as_arguments()["blocks"]:
        assert len(block.get("elements", ())) <= 4
    labels = [button["text"]["text"] for button in buttons_of(answer.privately().as_arguments())]
    assert all(len(label) <= 30 for label in labels)


@pytest.mark.parametrize(("name", "answer"), ALL)
def test_every_button_says_words_that_are_understood(name: str, answer: Answer) -> None:
    for button in buttons_of(answer.privately().as_arguments()):
        assert not isinstance(parse(button["value"]), Misuse), button


@pytest.mark.parametrize("answer", EVERY)
def test_action_ids_differ_within_a_block_and_in_the_answer(answer: Answer) -> None:
    buttons = buttons_of(answer.privately().as_arguments())
    if len({json.dumps(button) for button in buttons}) == len(
        buttons
    ):  # some rows are copies, in the gallery alone
        assert len({button["action_id"] for button in buttons}) == len(buttons)


@pytest.mark.parametrize("answer", EVERY)
def test_shared_it_has_no_buttons_and_says_by_whom(answer: Answer) -> None:
    message = answer.in_channel(ALICE).as_arguments()
    assert buttons_of(message) == []
    assert faults(message) == []
    assert f"Shared by <@{ALICE}>" in texts(message["blocks"])[-1]
