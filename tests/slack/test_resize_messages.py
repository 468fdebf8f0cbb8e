"""Every message about a resize: in an incident's alert, and of its own; word for word, and within Slack's rules."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.incident.incident import Resolution
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.resize.resize import Resize, ResizePhase
from bot.slack.alert import alert
from bot.slack.message import Message
from bot.slack.mrkdwn import unbroken
from bot.slack.resize import details, plan_text
from bot.slack.resize.message import own_message
from bot.slack.resize.progress import bar
from tests.slack.block_kit import complaints, texts
from tests.slack.diagnoses import LEAK
from tests.slack.incidents import ACKNOWLEDGED, BOB, deaths, resolved, story
from tests.slack.resizes import OF_ITS_OWN, PHASES, RAISED, plan, resize

GOLDEN = Path(__file__).parents[1] / "golden"
HOSTILE = "<!channel> `x` & *bold* <https://evil|go> " * 20


def in_alert(one: Resize, **changed: object) -> Message:
    """The alert of an incident whose memory is being changed."""
    return alert(replace(story(deaths(7), diagnosis=LEAK, **changed), resize=one))  # type: ignore[arg-type]


GALLERY = {
    **{f"resize_in_alert_{name}": in_alert(one) for name, one in PHASES.items()},
    **{
        f"resize_own_{name}": own_message(one, lambda _: "prod-eu")
        for name, one in (PHASES | OF_ITS_OWN).items()
    },
    "resize_in_acknowledged_alert": in_alert(PHASES["deploying"], **ACKNOWLEDGED),
    "resize_in_resolved_alert": in_alert(PHASES["watching"], **resolved(Resolution.BY_PERSON, BOB)),
    "resize_reply": details.reply(resize(plan=RAISED)),
}
ALL = [pytest.param(name, message, id=name) for name, message in GALLERY.items()]


@pytest.mark.parametrize(("name", "message"), ALL)
def test_says_what_the_golden_file_says(name: str, message: Message, rewrite_golden: bool) -> None:
    said = json.dumps(message.as_arguments(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"{name}.json"
    if rewrite_golden:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "message"), ALL)
def test_keeps_the_rules_of_block_kit(name: str, message: Message) -> None:
    assert complaints(message.as_arguments()) == []


def test_no_golden_file_is_left_over() -> None:
    prefixes = ("resize_in_", "resize_own_", "resize_reply")
    assert {one.stem for prefix in prefixes for one in GOLDEN.glob(f"{prefix}*.json")} == set(GALLERY)


@pytest.mark.parametrize("phase", list(ResizePhase))
def test_hostile_words_of_others_stay_words(phase: ResizePhase) -> None:
    one = resize(
        phase, words=HOSTILE, trouble=HOSTILE, reason=HOSTILE, needs_approval=(HOSTILE,), is_stuck=True
    )
    for message in (in_alert(one), own_message(one, lambda _: HOSTILE), details.reply(one)):
        assert complaints(message.as_arguments()) == []


@pytest.mark.parametrize(
    ("done", "of", "shown"),
    [
        pytest.param(0, 3, "▱▱▱▱▱▱▱▱ 0/3", id="nothing yet"),
        pytest.param(1, 3, "▰▰▰▱▱▱▱▱ 1/3", id="one of three"),
        pytest.param(5, 3, "▰▰▰▰▰▰▰▰ 3/3", id="old and new together are more than wanted"),
        pytest.param(0, 0, "", id="nothing is wanted"),
    ],
)
def test_the_bar_counts_tasks(done: int, of: int, shown: str) -> None:
    assert bar(done, of) == shown


def test_only_a_forced_raise_of_the_cpu_is_told_in_bold() -> None:
    told = "\n".join(texts(own_message(OF_ITS_OWN["raises_cpu"], lambda _: "").as_arguments()["blocks"]))
    assert "*CPU 0.5 → 1 vCPU*" in told
    assert "CPU" not in str(in_alert(PHASES["awaiting"]).as_arguments()["blocks"])


def test_an_approval_names_the_plan_that_was_shown() -> None:
    one = PHASES["awaiting"]
    assert f"5:{one.spec.plan.hash}" in json.dumps(in_alert(one).as_arguments())


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(in_alert, id="in the alert"),
        pytest.param(lambda one: own_message(one, lambda _: "prod-eu"), id="in its own message"),
    ],
)
def test_the_gravest_warning_stands_above_the_button_and_in_what_it_asks(
    show: Callable[[Resize], Message],
) -> None:
    said = json.dumps(show(PHASES["awaiting_with_danger"]).as_arguments(), ensure_ascii=False)
    assert 0 < said.index(unbroken("🛑 *CPU rises from 0.5 to 1 vCPU")) < said.index('"resize.approve"')
    assert said.count("🛑") == 1
    (confirm,) = [one for one in texts(json.loads(said)) if one.endswith("It begins at once.")]
    assert "CPU rises from 0.5 to 1 vCPU" in confirm


@pytest.mark.parametrize(
    ("mib", "shown"),
    [
        pytest.param((2048, 3072), "2,048 → 3,072 MiB (+50 %)", id="half as much again"),
        pytest.param((1024, 512), "1,024 → 512 MiB (−50 %)", id="half"),
        pytest.param((384, 61_440), "384 → 61,440 MiB (+15,900 %)", id="a slip of the hand"),
    ],
)
def test_sizes_are_read_at_a_glance(mib: tuple[int, int], shown: str) -> None:
    one = ContainerChange(name="app", old_memory_mib=mib[0], new_memory_mib=mib[1])
    assert plan_text.sizes(plan(change=Change(revision_arn="", containers=(one,)))) == shown
