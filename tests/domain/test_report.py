"""Reports: pure, from rows of a week to what a team reads of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.report.report import MOST_OFFENDERS, Done, Material, Tally, report
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.subject import Subject
from tests.domain.reports import (
    DAY,
    UNTIL,
    ended,
    foresight,
    key,
    material,
    report_of,
    silence,
    tally,
)


def test_kills_of_a_services_containers_are_added_and_the_most_killed_comes_first() -> None:
    found = report_of(
        tally("quiet", 1), tally("busy", 2, 0, 3), tally("busy", 1, container="sidecar", before=4)
    )
    assert [(one.subject.name, one.kills) for one in found.offenders] == [("busy", 6), ("quiet", 1)]
    assert found.per_day == (4, 0, 3, 0, 0, 0, 0)
    assert (found.kills, found.before) == (7, 4)


def test_who_was_killed_before_only_is_in_the_trend_and_no_offender() -> None:
    found = report_of(tally("better", before=9))
    assert (found.kills, found.before, found.offenders) == (0, 9, ())


@pytest.mark.parametrize(
    ("tallies", "is_new"),
    [
        pytest.param([tally("checkout", 1)], True, id="never before"),
        pytest.param([tally("checkout", 1, before=1)], False, id="in the week before"),
        pytest.param([tally("checkout", 1, was_known=True)], False, id="a month ago"),
        pytest.param(
            [tally("checkout", 1), tally("checkout", container="sidecar", was_known=True)],
            False,
            id="another of its containers",
        ),
    ],
)
def test_new(tallies: list[Tally], is_new: bool) -> None:
    found = report_of(*tallies)
    assert (found.offenders[0].is_new, found.new, found.repeated) == (is_new, int(is_new), int(not is_new))


@pytest.mark.parametrize(
    ("more", "done"),
    [
        pytest.param({}, Done.NOTHING, id="nobody did anything"),
        pytest.param({"silences": [silence()]}, Done.SILENCED, id="a silence in that week"),
        pytest.param({"silences": [silence("")]}, Done.SILENCED, id="a silence of its whole cluster"),
        pytest.param({"silences": [silence("search")]}, Done.NOTHING, id="a silence of another one"),
        pytest.param(
            {"silences": [silence(starts_at=UNTIL, ends_at=UNTIL + DAY)]}, Done.NOTHING, id="silenced later"
        ),
        pytest.param({"resizes": [ended(ResizePhase.PROVEN)]}, Done.RESIZED, id="resized"),
        pytest.param(
            {"resizes": [ended(ResizePhase.PROVEN)], "silences": [silence()]}, Done.RESIZED, id="both"
        ),
        pytest.param({"resizes": [ended(ResizePhase.CANCELLED)]}, Done.NOTHING, id="thought better of it"),
    ],
)
def test_what_was_done(more: dict[str, Any], done: Done) -> None:
    assert report_of(tally("checkout", 1), **more).offenders[0].done is done


@pytest.mark.parametrize(
    ("phase", "at", "is_told"),
    [
        pytest.param(ResizePhase.PROVEN, UNTIL - DAY, True, id="proven"),
        pytest.param(ResizePhase.NOT_ENOUGH, UNTIL - DAY, True, id="not enough"),
        pytest.param(ResizePhase.ROLLED_BACK, UNTIL - 7 * DAY, True, id="rolled back in the first minute"),
        pytest.param(ResizePhase.EXPIRED, UNTIL - DAY, False, id="nobody approved it: nothing was changed"),
        pytest.param(ResizePhase.PROVEN, UNTIL, False, id="proven after the week"),
        pytest.param(ResizePhase.PROVEN, UNTIL - 8 * DAY, False, id="proven the week before"),
    ],
)
def test_fixes(phase: ResizePhase, at: datetime, is_told: bool) -> None:
    fixes = report_of(resizes=[ended(phase, at)]).fixes
    assert [(one.phase, one.old_mib, one.new_mib) for one in fixes] == [(phase, 512, 1024)] * is_told


def test_a_proof_that_a_kill_disproved_was_not_enough() -> None:
    proven = ended(ResizePhase.PROVEN, monthly_usd=-20.0)
    told = report_of(resizes=[replace(proven, status=replace(proven.status, kills_since=2))])
    assert ([one.phase for one in told.fixes], told.saved_usd) == ([ResizePhase.NOT_ENOUGH], 0)


def test_saved_is_what_proven_resizes_save() -> None:
    found = report_of(
        resizes=[
            ended(ResizePhase.PROVEN, monthly_usd=-20.0),
            ended(ResizePhase.PROVEN, monthly_usd=35.0),
            ended(ResizePhase.PROVEN),
            ended(ResizePhase.ROLLED_BACK, monthly_usd=-70.0),
        ]
    )
    assert found.saved_usd == 20.0


@pytest.mark.parametrize(
    ("ends_at", "is_told"),
    [
        pytest.param(UNTIL, True, id="as the report is made"),
        pytest.param(UNTIL + 6 * DAY, True, id="this week"),
        pytest.param(UNTIL + 7 * DAY, False, id="next week"),
        pytest.param(UNTIL - timedelta(seconds=1), False, id="it is over"),
    ],
)
def test_silences_about_to_end(ends_at: datetime, is_told: bool) -> None:
    found = report_of(silences=[silence(ends_at=ends_at)]).silences
    assert [(one.of, one.silence_id) for one in found] == [("checkout", 3)] * is_told


def _of_channel(name: str) -> Material:
    return material(
        tally("checkout", 1),
        tally("search", 2, before=1),
        resizes=[ended(ResizePhase.PROVEN)],
        silences=[silence(name), silence("", id=4)],
        foresight=foresight(unmeasured=(Subject.of(key("checkout")),), gaps=("no permission",)),
    )


def test_a_channel_reads_of_its_own_services_alone() -> None:
    found = report(_of_channel("checkout"), lambda one: one.name == "search")
    assert [one.subject.name for one in found.offenders] == ["search"]
    assert (found.kills, found.before, found.fixes) == (2, 1, ())
    assert [one.of for one in found.silences] == ["prod"], "the cluster's concerns it"
    assert found.foresight is not None
    assert [one.subject.name for one in found.foresight.near] == ["search"]
    assert [one.subject.name for one in found.foresight.spare] == ["search"]
    assert found.foresight.unmeasured == ()
    assert found.foresight.gaps == ("no permission",), "what lacks may hide any of them"


def test_a_channel_counts_the_services_that_are_its_own() -> None:
    look = foresight(unmeasured=(Subject.of(key("cron")),)).naming(
        Subject.of(key(name)) for name in ("checkout", "search", "cron")
    )
    found = report(material(foresight=look), lambda one: one.name in ("search", "cron")).foresight
    assert found is not None
    assert (found.looked_at, len(found.unmeasured)) == (2, 1)


@pytest.mark.parametrize(
    ("made_at", "is_told"),
    [
        pytest.param(UNTIL + timedelta(hours=9), True, id="this morning"),
        pytest.param(UNTIL - timedelta(hours=36), True, id="the day before yesterday, just so"),
        pytest.param(UNTIL - timedelta(hours=37), False, id="too long ago"),
    ],
)
def test_a_look_of_another_week_is_none(made_at: datetime, is_told: bool) -> None:
    assert (report_of(foresight=foresight(made_at=made_at)).foresight is not None) is is_told


def test_who_is_beyond_what_is_kept_is_counted_all_the_same() -> None:
    many = [replace(tally(f"service-{number}", 1)) for number in range(MOST_OFFENDERS + 5)]
    found = report_of(*many)
    assert (len(found.offenders), found.new, found.kills) == (
        MOST_OFFENDERS,
        MOST_OFFENDERS + 5,
        MOST_OFFENDERS + 5,
    )
