"""Home, word for word, within Slack's limits, and what it tells whom."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.home.home import Page
from bot.domain.home.wish import Wish
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from bot.slack import direct_message
from bot.slack.answers.place import AccountName
from bot.slack.home import wishes
from bot.slack.home.page import digest, home
from sandbox.slack.rulebook import Rulebook
from tests.slack.block_kit import OURS, complaints, texts
from tests.slack.homes import BUSY, CROWDED, HOMES, NOW, SET_UP
from tests.slack.incidents import SERVICE, deaths, incident
from tests.slack.resizes import PHASES, resize

GOLDEN = Path(__file__).parents[1] / "golden"
HOSTILE = "<!channel> *x* `y` & \u202e<https://evil.example|x>"
SHOWN = [pytest.param(page, id=name) for name, page in [*HOMES.items(), ("crowded", CROWDED)]]


@pytest.fixture
def prod() -> AccountName:
    return lambda _: "prod-eu"


@pytest.mark.parametrize("name", list(HOMES))
def test_says_what_the_golden_file_says(name: str, prod: AccountName, rewrite_golden: bool) -> None:
    said = json.dumps(home(HOMES[name], prod), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"home_{name}.json"
    if rewrite_golden:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem.removeprefix("home_") for path in GOLDEN.glob("home_*.json")} == set(HOMES)


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("code", ["en", "zh-CN"])
def test_slack_takes_it(page: Page, prod: AccountName, code: str) -> None:
    with speaking(language(code)):
        view = home(page, prod)
    assert Rulebook(lambda _: True).view(view, kinds=("home",)) == []
    assert len(view["blocks"]) <= 100


def test_of_a_crowd_the_first_are_shown_and_the_others_counted(prod: AccountName) -> None:
    said = "\n".join(texts(home(CROWDED, prod)))
    assert "*300 incidents are unfinished.* 20 are yours." in said
    assert "And 290 more: `/oom list`" in said
    assert "And 15 more, in their channels." in said
    assert "And 32 more: `/oom silences`" in said


def test_names_from_outside_are_escaped(prod: AccountName) -> None:
    key = replace(SERVICE, name=HOSTILE, cluster=HOSTILE, container=HOSTILE)
    page = replace(BUSY, mine=(incident(deaths(1, group_key=key)),), links={"incident 42": "javascript:x"})
    for text in texts(home(page, prod)):
        assert not any(mark in OURS.sub("", text) for mark in "<>")


def test_what_waits_comes_first(prod: AccountName) -> None:
    said = texts(home(BUSY, prod))
    order = [
        "Waiting for approval",
        "Your incidents",
        "Other incidents",
        "Changes under way",
        "1 silence in force",
    ]
    found = [next(i for i, text in enumerate(said) if word in text) for word in order]
    assert found == sorted(found)


def test_one_name_in_many_accounts_is_approved_where_it_is_told(prod: AccountName) -> None:
    change = next(text for text in texts(home(BUSY, prod)) if "Waiting for approval" in text)
    assert "service in `prod` · prod-eu · eu-west-1" in change


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(
            "is_archived",
            "is archived: unarchive it, or set SLACK_CHANNEL to another.",
            id="nobody can be invited to an archive",
        ),
        pytest.param("not_in_channel", "(`not_in_channel`). Invite OOM Guard there.", id="not a member"),
        pytest.param(
            "restricted_action", "refuses messages (`restricted_action`).\n", id="of any other cause"
        ),
    ],
)
def test_what_to_do_about_the_default_channel_goes_by_what_is_wrong(
    error: str, told: str, prod: AccountName
) -> None:
    facts = replace(BUSY.facts, installation=replace(SET_UP, channel_trouble=error))
    assert told in "\n".join(texts(home(replace(BUSY, facts=facts), prod)))


def test_time_alone_changes_nothing_that_is_worth_a_new_page(prod: AccountName) -> None:
    later = replace(BUSY.facts.health, last_event_at=NOW, deliveries=999)
    facts = replace(BUSY.facts, now=NOW + timedelta(minutes=1), health=later)
    assert digest(replace(BUSY, facts=facts), prod) == digest(BUSY, prod)
    assert digest(replace(BUSY, mine=()), prod) != digest(BUSY, prod)
    assert digest(replace(BUSY, note="x"), prod) != digest(BUSY, prod)


@pytest.mark.parametrize(
    ("pressed", "wished"),
    [
        pytest.param({"actions": [{"selected_options": []}]}, frozenset(), id="all unticked"),
        pytest.param(
            {"actions": [{"selected_options": [{"value": "resize"}, {"value": "approval"}]}]},
            frozenset({Wish.RESIZE, Wish.APPROVAL}),
            id="two",
        ),
        pytest.param({"actions": [{"selected_options": [{"value": "all"}]}]}, frozenset(), id="unknown"),
        pytest.param({}, frozenset(), id="nonsense"),
    ],
)
def test_what_is_ticked(pressed: dict[str, Any], wished: frozenset[Wish]) -> None:
    assert wishes.read(pressed) == wished


def _messages() -> Iterator[Any]:
    url = "https://acme.slack.com/archives/C0/p1"
    yield pytest.param(direct_message.approval(resize(), url, 1), id="approval")
    yield pytest.param(direct_message.incident(incident(deaths(1)), url, 1), id="incident")
    yield pytest.param(direct_message.incident(incident(reopened_count=1), "", 1), id="again, and no link")
    for name, one in PHASES.items():
        if one.status.phase.is_final:
            yield pytest.param(direct_message.resize(one, url, 1), id=name)


@pytest.mark.parametrize("message", list(_messages()))
def test_a_direct_message_is_one_line_that_slack_takes(message: Any) -> None:
    arguments = message.as_arguments()
    text = arguments["text"]
    assert complaints(arguments | {"text": text.replace("<@U0ALICE01>", "Alice")}) == []
    assert len(arguments["blocks"]) == 1
    assert "\n" not in arguments["blocks"][0]["text"]["text"]
    assert arguments["metadata"]["event_payload"] == {"direct_message_id": "1"}
