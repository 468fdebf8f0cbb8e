"""Other containers of a task get other sizes in the same revision, and the task grows for all of them."""

from dataclasses import replace

import pytest

from bot.domain.plan.amount import parse
from bot.domain.plan.beside import others, sizes_near
from bot.domain.plan.planning import knobs
from bot.domain.plan.resize_facts import Wish
from tests.domain.revisions import app, on_fargate
from tests.domain.wishes import facts, planned

ENVOY = replace(app(256), name="envoy", reservation_mib=128)
TWO = facts(on_fargate(2048, 512, app(1024), ENVOY))
UNLIMITED = facts(on_fargate(2048, 512, app(1024), replace(app(256), name="envoy", memory_mib=None)))


@pytest.mark.parametrize(
    ("own", "envoy", "task_mib", "sizes"),
    [
        pytest.param("1x", "512M", 2048, (512, 256), id="the other alone: the task has room"),
        pytest.param("1536M", "1G", 3072, (1024, 512), id="both, and the task grows for the sum"),
        pytest.param("2G", "128M", 3072, (128, 64), id="one up, one down"),
    ],
)
def test_all_sizes_of_a_task_in_one_plan(own: str, envoy: str, task_mib: int, sizes: tuple[int, int]) -> None:
    one = planned(TWO, own, others=(("envoy", parse(envoy)),))
    assert one.refusals == ()
    assert one.change is not None
    assert one.change.task_memory_mib == (2048, task_mib)
    found = one.change.containers[1]
    assert (found.old_memory_mib, found.old_reservation_mib) == (256, 128)
    assert (found.new_memory_mib, found.new_reservation_mib) == sizes


def test_the_plan_names_every_container_and_an_approval_is_bound_to_all_of_them() -> None:
    alone, both = planned(TWO, "1536M"), planned(TWO, "1536M", others=(("envoy", parse("512M")),))
    assert alone.change is not None
    assert both.change is not None
    assert [one.name for one in alone.change.containers] == ["app", "envoy"]
    assert alone.hash != both.hash
    assert (alone.change.factor, both.change.factor) == (1.5, 2.0)  # a policy's limits reach each of them


@pytest.mark.parametrize(
    ("given", "envoy", "why"),
    [
        pytest.param(UNLIMITED, "512M", "envoy has no memory of its own", id="only the task limits it"),
        pytest.param(TWO, "auto", "There is no recommendation", id="nobody recommends a size for it"),
        pytest.param(TWO, "2M", "envoy has to have 6 MiB at least", id="too little"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(given: object, envoy: str, why: str) -> None:
    one = planned(given, "1536M", others=(("envoy", parse(envoy)),))  # type: ignore[arg-type]
    assert not one.can_be_done
    assert why.lower() in " ".join(one.refusals).lower()


def test_what_is_offered_for_the_others() -> None:
    assert others(TWO, "app") == (("envoy", 256),)
    assert others(UNLIMITED, "app") == ()
    assert sizes_near(256) == (128, 192, 320, 384, 512, 768, 1024)


def test_the_settings_of_the_others_that_no_longer_fit_are_told() -> None:
    heap = replace(ENVOY, knobs={"JAVA_TOOL_OPTIONS": "-Xmx128m"}, variables=frozenset({"JAVA_TOOL_OPTIONS"}))
    given = facts(on_fargate(2048, 512, app(1024), heap))
    (told,) = [
        note.words
        for note in planned(given, "1536M", others=(("envoy", parse("512M")),)).notes
        if note.rule == "knob.left"
    ]
    assert told.startswith(
        "JAVA_TOOL_OPTIONS of envoy stays as it is and does not fit its new size: -Xmx128m"
    )
    assert "knob.left" not in [note.rule for note in planned(given, "1536M").notes]  # it keeps its size


def test_the_settings_of_the_others_can_be_ticked_too_and_each_by_itself() -> None:
    java = {"JAVA_TOOL_OPTIONS": "-Xmx128m"}
    both = (replace(one, knobs=java, variables=frozenset(java)) for one in (app(1024), ENVOY))
    given = facts(on_fargate(2048, 512, *both))
    wish = Wish(amount=parse("1536M"), others=(("envoy", parse("512M")),))
    assert [name for name, _ in knobs(given, "app", wish)] == ["app", "envoy"]
    assert [name for name, _ in knobs(given, "app", replace(wish, others=()))] == ["app"]
    for ticked, changed, left in (
        ("JAVA_TOOL_OPTIONS", "app", "envoy"),
        ("JAVA_TOOL_OPTIONS:envoy", "envoy", "app"),
    ):
        one = planned(given, "1536M", others=wish.others, knobs=frozenset({ticked}))
        assert one.change is not None
        assert [name for name, _ in one.change.knobs] == [changed]
        (told,) = [note.words for note in one.notes if note.rule == "knob.left"]
        assert (" of envoy " in told) is (left == "envoy")
