"""Weekly reports in Slack: word for word, within Slack's rules, and grasped on a phone."""

import json
from pathlib import Path

import pytest

from bot.domain.command.grammar import parse
from bot.domain.command.report_grammar import AskReport
from bot.domain.report.day_bars import alt_text, day_bars
from bot.slack.message import Message
from sandbox.slack.rulebook import Rulebook
from tests.domain.reports import report_of, tally
from tests.slack.block_kit import complaints, texts
from tests.slack.report_gallery import BUSY, REPORTS

GOLDEN = Path(__file__).parents[1] / "golden"
ALL = [pytest.param(name, message, id=name) for name, message in REPORTS.items()]


@pytest.mark.parametrize(("name", "message"), ALL)
def test_says_what_the_golden_file_says(name: str, message: Message, rewrite_golden: bool) -> None:
    said = json.dumps(message.as_arguments(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"report_{name}.json"
    if rewrite_golden:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem.removeprefix("report_") for path in GOLDEN.glob("report_*.json")} == set(REPORTS)


@pytest.mark.parametrize(("name", "message"), ALL)
def test_keeps_the_rules_of_block_kit(name: str, message: Message) -> None:
    arguments = message.as_arguments()
    assert Rulebook(lambda _: True).content(arguments).blocks is not None
    drawn = ("image", "data_visualization")
    arguments["blocks"] = [one for one in arguments["blocks"] if one["type"] not in drawn]
    assert complaints(arguments) == []


def test_it_can_be_found_again_after_a_crash() -> None:
    assert REPORTS["busy"].as_arguments()["metadata"] == {
        "event_type": "oom_guard_report",
        "event_payload": {"report_id": "7"},
    }


def test_eight_of_fifty_are_told_and_how_many_more_there_are() -> None:
    told = "\n".join(texts(REPORTS["fifty_offenders"].as_arguments()["blocks"]))
    assert told.count("service-") == 8
    assert "and 42 more" in told


@pytest.mark.parametrize("name", ["blind", "nobody_looked", "calm_and_partly_blind", "without_data"])
def test_no_data_is_never_told_as_no_near_misses(name: str) -> None:
    told = "\n".join(texts(REPORTS[name].as_arguments()["blocks"]))
    assert "✅ No near misses" not in told
    assert "not known" in told or "not everything could be looked at" in told


def test_what_lacks_is_named_with_its_permission() -> None:
    for name in ("blind", "calm_and_partly_blind"):
        assert "cloudwatch:GetMetricData" in str(REPORTS[name].as_arguments()["blocks"])


def test_nobody_is_paged_by_a_report() -> None:
    for message in REPORTS.values():
        assert "<@" not in str(message.as_arguments())


def test_its_buttons_ask_for_this_channel() -> None:
    row = REPORTS["busy"].as_arguments()["blocks"][-1]["elements"]
    asked = [parse(one["value"]) for one in row]
    assert asked[:2] == [AskReport(14, "C0TEAMPAY", is_csv=True), AskReport(30, "C0TEAMPAY")]


def test_the_chart_says_in_words_what_it_shows() -> None:
    bars = day_bars(BUSY)
    assert bars is not None
    assert alt_text(bars).startswith("Kills per day, 16–22 Nov: 16 Nov 4 (checkout 3, search 1); 17 Nov 3 (")
    month = day_bars(report_of(*(tally(f"{'long' * 20}-{number}", *([9] * 7)) for number in range(40))))
    assert month is not None
    assert len(alt_text(month)) <= 1000


def test_a_calm_week_has_no_chart() -> None:
    assert day_bars(report_of(tally("checkout", before=4))) is None
    assert len(REPORTS["calm"].as_arguments()["blocks"]) == 2
