"""The alert by state: what it says, its colour and which controls it offers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.models.blocks import ButtonElement, Option, OverflowMenuElement, SectionBlock

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.investigation.gist import gist
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.silence import Silence
from bot.slack import blocks, controls
from bot.slack.alert import alert
from bot.slack.mrkdwn import unbroken
from bot.slack.push import LONGEST
from tests.slack.block_kit import TEXTS
from tests.slack.diagnoses import DIAGNOSES, LEAK, SUSPICIONS
from tests.slack.incidents import ACKNOWLEDGED, ALICE, JOB, NOON, deaths, resolved, silence, story

WHEN = "^{date_short_pretty} at {time}|"


def face(muted: Silence | None = None, **changed: Any) -> tuple[str, str, str, list[str]]:
    """Top text, colour, push and the ids of the controls."""
    arguments = alert(story(deaths(2), muted=muted, **changed)).as_arguments()
    (attachment,) = arguments["attachments"]
    shown = [
        element["action_id"]
        for block in attachment["blocks"]
        for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
        if "action_id" in element
    ]
    return arguments["blocks"][0]["text"]["text"], attachment["color"], arguments["text"], shown


@pytest.mark.parametrize(
    ("changed", "muted", "color", "said", "pushed", "shown"),
    [
        pytest.param(
            {},
            None,
            "#a30200",
            "🔴 ",
            " Open since 21 Nov 11:53 UTC.",
            ["incident.acknowledge", "incident.resolve", "incident.silence", "incident.more"],
            id="open",
        ),
        pytest.param(
            {"verdict": Verdict.SUSPECTED_OOM},
            None,
            "#c4501b",
            "🟠 ",
            " Open since 21 Nov 11:53 UTC.",
            ["incident.acknowledge", "incident.resolve", "incident.silence", "incident.more"],
            id="open and only suspected",
        ),
        pytest.param(
            {"verdict": Verdict.SUSPECTED_OOM, **ACKNOWLEDGED},
            None,
            "#daa038",
            "👀 ",
            " Acknowledged.",
            ["incident.resolve", "incident.silence", "incident.more"],
            id="suspected and acknowledged",
        ),
        pytest.param(
            ACKNOWLEDGED,
            None,
            "#daa038",
            "~Open~ → *Acknowledged* by <@U0ALICE01> · <!date^1795262520",
            " Acknowledged.",
            ["incident.resolve", "incident.silence", "incident.more"],
            id="acknowledged",
        ),
        pytest.param(
            {},
            silence(),
            "#dddddd",
            "*Silenced* until <!date^1795276800^{date_short_pretty} at {time}|2026-11-21 16:00 UTC> by <@U0BOB0001>",
            " Open since 21 Nov 11:53 UTC, silenced until 21 Nov 16:00 UTC.",
            ["incident.acknowledge", "incident.resolve", "incident.silence", "incident.more"],
            id="silenced while open",
        ),
        pytest.param(
            ACKNOWLEDGED,
            silence(),
            "#dddddd",
            "~Open~ → *Acknowledged* by <@U0ALICE01>",
            " Acknowledged, silenced until 21 Nov 16:00 UTC.",
            ["incident.resolve", "incident.silence", "incident.more"],
            id="silenced once acknowledged",
        ),
        pytest.param(
            {"reopened_count": 1, "reopened_at": NOON},
            None,
            "#a30200",
            "~Resolved~ → *Open again*",
            " Reopened.",
            ["incident.acknowledge", "incident.resolve", "incident.silence", "incident.more"],
            id="reopened",
        ),
        pytest.param(
            resolved(Resolution.BY_PERSON, ALICE),
            None,
            "#2eb886",
            "~Open~ → *Resolved* by <@U0ALICE01>",
            " Resolved.",
            ["incident.more"],
            id="resolved by a person",
        ),
        pytest.param(
            {**ACKNOWLEDGED, **resolved(Resolution.QUIET)},
            silence(ends_at=NOON + timedelta(days=2)),
            "#2eb886",
            "~Acknowledged~ → *Resolved*: nothing since <!date^1795262400",
            " Resolved: nothing since.",
            ["incident.more"],
            id="resolved by itself, even while silenced",
        ),
        pytest.param(
            resolved(Resolution.NOT_AN_OOM, ALICE),
            None,
            "#2eb886",
            "*Resolved* as not an OOM by <@U0ALICE01>",
            " Resolved: not an OOM.",
            ["incident.more"],
            id="not an OOM",
        ),
        pytest.param(
            resolved(Resolution.RETRACTED),
            None,
            "#2eb886",
            "*Resolved*: ECS took it back",
            " Resolved: ECS took it back.",
            ["incident.more"],
            id="retracted",
        ),
        pytest.param(
            resolved(Resolution.RETRACTED) | {"group_key": replace(JOB, cluster="nightly")},
            None,
            "#2eb886",
            "*Resolved*: ECS took it back",
            " Resolved: ECS took it back.",
            ["incident.more"],
            id="retracted in the queue that Batch itself told",
        ),
        pytest.param(
            resolved(Resolution.RETRACTED) | {"group_key": JOB},
            None,
            "#2eb886",
            "*Resolved*: if it was a kill, its job has an alert",
            " Resolved: if it was a kill, its job has an alert.",
            ["incident.more"],
            id="told by ECS before Batch told whose attempt it was",
        ),
    ],
)
def test_state_decides_words_colour_and_controls(
    changed: dict[str, Any], muted: Silence | None, color: str, said: str, pushed: str, shown: list[str]
) -> None:
    top, bar, push, controls_shown = face(muted, **changed)
    assert (bar, controls_shown) == (color, shown)
    assert said in top
    assert pushed in push


@pytest.mark.parametrize(
    ("kind", "emoji", "color", "pushed"),
    [
        pytest.param("confirmed", "🔴 ", "#a30200", "OOM in prod-eu", id="confirmed: as red as a proven one"),
        pytest.param("undecided", "🟠 ", "#c4501b", "Suspected OOM in prod-eu", id="unknown: as before"),
        pytest.param("unlikely", "⚪ ", "#868686", "Killed in prod-eu", id="unlikely: no alarm"),
    ],
)
def test_evidence_changes_how_loud_a_suspicion_is(kind: str, emoji: str, color: str, pushed: str) -> None:
    kills = deaths(2, verdict=Verdict.SUSPECTED_OOM)
    said = alert(story(kills, diagnosis=SUSPICIONS[kind])).as_arguments()
    assert said["blocks"][0]["text"]["text"].startswith(emoji)
    assert said["attachments"][0]["color"] == color
    assert said["text"].startswith(pushed)


@pytest.mark.parametrize("kind", DIAGNOSES)
def test_cause_and_fix_are_a_line_each_at_the_top_and_in_the_push(kind: str) -> None:
    plain, told = (alert(story(deaths(2), diagnosis=found)) for found in (None, DIAGNOSES[kind]))
    lines = [message.as_arguments()["blocks"][0]["text"]["text"].count("\n") for message in (plain, told)]
    fixes = 1 if gist(DIAGNOSES[kind]).fix else 0
    assert lines[1] == lines[0] + 1 + fixes
    assert gist(DIAGNOSES[kind]).cause in told.text
    assert len(told.text) <= LONGEST


def test_while_it_is_looked_into_the_alert_says_so_and_no_longer() -> None:
    told = [
        alert(replace(story(deaths(1), diagnosis=found), is_investigated=True)).as_arguments()
        for found in (None, LEAK)
    ]
    assert ["Investigating…" in message["blocks"][0]["text"]["text"] for message in told] == [True, False]


def test_what_could_not_be_looked_at_is_one_line_with_the_missing_permission() -> None:
    shown = alert(story(deaths(1), diagnosis=DIAGNOSES["unknown"])).as_arguments()["attachments"][0]["blocks"]
    assert shown[3]["elements"][0]["text"] == (
        "Not looked at: Container log: access denied (needs logs:GetLogEvents) · 1 more, see Diagnosis"
    )


def test_a_phone_shows_the_controls_before_the_fields() -> None:
    shown = alert(story(deaths(1))).as_arguments()["attachments"][0]["blocks"]
    assert [block["type"] for block in shown] == ["section", "actions", "section", "context"]
    assert "fields" in shown[2]


def test_a_long_reason_for_a_silence_does_not_push_the_limits_away() -> None:
    shown = alert(story(deaths(1), muted=silence(reason="load test " * 30))).as_arguments()
    (line,) = [
        line
        for line in shown["attachments"][0]["blocks"][0]["text"]["text"].split("\n")
        if "Silenced because" in line
    ]
    assert line.endswith("…")
    assert len(line.removeprefix("*Silenced because*  ")) <= 120


def test_only_the_first_step_is_highlighted() -> None:
    row = alert(story(deaths(1))).as_arguments()["attachments"][0]["blocks"][1]["elements"]
    assert [(element["action_id"], element.get("style")) for element in row[:3]] == [
        ("incident.acknowledge", "primary"),
        ("incident.resolve", None),
        ("incident.silence", None),
    ]
    assert {element["value"] for element in row[:3]} == {"42"}


@pytest.mark.parametrize(
    ("changed", "values"),
    [
        pytest.param(
            {},
            ["not_an_oom:42", "stats:42", "page:42:task", "page:42:task_logs", "page:42:owner"],
            id="open",
        ),
        pytest.param(
            {"verdict": Verdict.FAILURE},
            ["stats:42", "page:42:task", "page:42:task_logs", "page:42:owner"],
            id="a failure was never called an OOM",
        ),
        pytest.param(
            resolved(Resolution.QUIET),
            ["stats:42", "page:42:task", "page:42:task_logs", "page:42:owner"],
            id="over: nothing left to deny",
        ),
        pytest.param(
            {"diagnosis": LEAK},
            ["resolve:42", "diagnosis:42", "log_tail:42", "not_an_oom:42", "stats:42"],
            id="looked into: Resolve has no room beside Resize, links give way: the alert has them as well",
        ),
    ],
)
def test_the_menu_holds_the_rest(changed: dict[str, Any], values: list[str]) -> None:
    menu = controls.more(story(deaths(1), **changed)).to_dict()
    assert [option["value"] for option in menu["options"]] == values
    assert [("url" in option) for option in menu["options"]] == [
        value.startswith("page:") for value in values
    ]


def test_a_silences_reason_is_told() -> None:
    details = alert(story(deaths(1), muted=silence())).as_arguments()["attachments"][0]["blocks"][0]
    assert "*Silenced because*  load test until 16:00" in details["text"]["text"]


def test_what_matters_is_in_the_top_block_in_case_the_attachment_is_folded() -> None:
    top, *_ = face()
    for needed in (
        "checkout-api",
        "`app`",
        "ran out of memory",
        "`prod-eu`",
        "2 kills in 7 min",
        "512 MiB",
        "*Open*",
    ):
        assert unbroken(needed) in top


def test_a_lock_screen_shows_what_to_do_before_what_can_wait() -> None:
    """A phone shows about 180 characters."""
    push = alert(story(deaths(1))).text[:180]
    assert (
        push.index("checkout-api") < push.index("ran out of memory") < push.index("read the last log lines")
    )


def test_the_push_drops_its_advice_before_it_grows_too_long() -> None:
    long = story(deaths(1), kill_count=10**30)
    assert "Suggested" in alert(story(deaths(1))).text
    assert len(alert(long).text) <= LONGEST


def test_our_limits_are_those_that_slack_sdk_knows() -> None:
    known = {
        "section": SectionBlock.text_max_length,
        "button": ButtonElement.text_max_length,
        "option": Option.label_max_length,
    }
    assert {kind: TEXTS[kind] for kind in known} == known
    assert SectionBlock.fields_max_length == blocks.MOST_FIELDS
    assert OverflowMenuElement.options_max_length == 5


@pytest.mark.parametrize("phase", list(Phase))
def test_a_person_whom_the_store_has_forgotten_leaves_no_gap(phase: Phase) -> None:
    top, *_ = face(silence(created_by=""), phase=phase)
    assert " by " not in top
