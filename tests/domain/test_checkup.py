"""Checkups: the worst state, exit status, order, and 500 accounts in a few lines."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.checkup import checkup_lines
from bot.domain.checkup.checkup import Area, Check, Checkup, State, broken, checkup, ok, unseen, warning
from bot.domain.policy.policy import Grant, Policy, Role

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
WELL = ok(Area.STORE, "Store", "answers")
SO_SO = warning(Area.EVENTS, "Filter", "it has one", "take it away")
BAD = broken(Area.SLACK, "Bot token", "refused", "copy it again")
HIDDEN = unseen(Area.AWS, "Identity", "no answer")


@pytest.mark.parametrize(
    ("checks", "worst", "status", "strictly"),
    [
        pytest.param([WELL], State.OK, 0, 0, id="all is well"),
        pytest.param([WELL, HIDDEN], State.UNSEEN, 0, 3, id="something could not be looked at"),
        pytest.param([WELL, SO_SO, HIDDEN], State.WARNING, 0, 4, id="a warning"),
        pytest.param([BAD, WELL, SO_SO], State.BROKEN, 1, 1, id="something is broken"),
        pytest.param([], State.UNSEEN, 0, 3, id="nothing was looked at, which is not well"),
    ],
)
def test_exit_status(checks: list[Check], worst: State, status: int, strictly: int) -> None:
    found = Checkup(tuple(checks))
    assert found.worst is worst
    assert (found.exit_status(), found.exit_status(strict=True)) == (status, strictly)


def test_areas_in_their_order_and_the_worst_first_in_each() -> None:
    told = list(Checkup((WELL, ok(Area.SLACK, "Scopes"), BAD, SO_SO)).by_area())
    assert [(area, [one.what for one in checks]) for area, checks in told] == [
        (Area.SLACK, ["Bot token", "Scopes"]),
        (Area.EVENTS, ["Filter"]),
        (Area.STORE, ["Store"]),
    ]


def of_accounts(number: int, bad: int) -> list[Check]:
    lines = [ok(Area.AWS, "Identity", f"role of a{n:03}").of(f"a{n:03}") for n in range(number - bad)]
    return lines + [
        broken(Area.AWS, "Identity", f"a{n:03} refuses", "trust it").of(f"a{n:03}")
        for n in range(number - bad, number)
    ]


def test_five_hundred_accounts_are_a_number_and_the_names_of_those_in_trouble() -> None:
    bad, well = checkup(of_accounts(500, 13)).checks
    assert (well.state, well.found) == (State.OK, "487 of 500 accounts are well")
    assert bad.state is State.BROKEN
    assert bad.found.startswith("a487, a488, a489,")
    assert "and 3 more: a487 refuses" in bad.found


def test_a_few_accounts_are_told_one_by_one() -> None:
    assert checkup(of_accounts(3, 1)).checks == tuple(of_accounts(3, 1))


def test_different_troubles_of_many_accounts_stay_apart() -> None:
    lines = [*of_accounts(6, 1), unseen(Area.AWS, "Identity", "no answer").of("zz")]
    assert [one.state for one in checkup(lines).checks] == [State.BROKEN, State.UNSEEN, State.OK]


@pytest.mark.parametrize(
    ("apart_s", "state"),
    [
        pytest.param(1, State.OK, id="a second"),
        pytest.param(-30, State.WARNING, id="half a minute, behind"),
        pytest.param(300, State.BROKEN, id="so far that signatures are refused"),
    ],
)
def test_clock(apart_s: float, state: State) -> None:
    assert checkup_lines.clock("Slack", NOW + timedelta(seconds=apart_s), NOW).state is state


@pytest.mark.parametrize(
    ("ago", "state"),
    [
        pytest.param(timedelta(minutes=3), State.OK, id="lately"),
        pytest.param(timedelta(days=3), State.WARNING, id="long ago"),
        pytest.param(None, State.WARNING, id="never"),
    ],
)
def test_last_event(ago: timedelta | None, state: State) -> None:
    assert checkup_lines.events(None if ago is None else NOW - ago, NOW).state is state


def test_requests_are_told_for_each_way_that_is_configured() -> None:
    seen = {"slack over HTTP": NOW - timedelta(minutes=2)}
    http, socket = checkup_lines.requests(seen, NOW, signing=True, socket=True)
    assert (http.state, http.found) == (State.OK, "the last 2 min ago")
    assert socket.state is State.UNSEEN
    assert checkup_lines.requests(seen, NOW, signing=False, socket=False) == []


@pytest.mark.parametrize(
    ("free_mib", "state"),
    [
        pytest.param(50_000, State.OK, id="room"),
        pytest.param(500, State.WARNING, id="little"),
        pytest.param(20, State.BROKEN, id="none"),
    ],
)
def test_room(free_mib: int, state: State) -> None:
    assert checkup_lines.room("var/oom.db", 2**20, free_mib * 2**20).state is state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param("", State.BROKEN, id="never migrated"),
        pytest.param("0011", State.BROKEN, id="behind"),
        pytest.param("0017", State.OK, id="at head"),
        pytest.param("0018", State.OK, id="a newer program migrated it"),
    ],
)
def test_revision(found: str, state: State) -> None:
    line = checkup_lines.revision(found, "0017")
    assert line.state is state
    assert (line.command == "python app.py migrate") is (state is State.BROKEN)


GRANTED = Policy(grants=(Grant(role=Role.OPERATOR, who=("*",)),))


@pytest.mark.parametrize(
    ("policy", "freezes", "faults", "states"),
    [
        pytest.param(Policy(), 0, [], [State.OK] * 3, id="nobody may change anything"),
        pytest.param(GRANTED, 1, [], [State.OK, State.OK, State.WARNING], id="frozen"),
        pytest.param(
            GRANTED, 0, ["no such key"], [State.BROKEN, State.OK, State.OK], id="a configuration with a fault"
        ),
        pytest.param(Policy(read_only=True), 0, [], [State.OK] * 3, id="read-only"),
    ],
)
def test_rules(policy: Policy, freezes: int, faults: list[str], states: list[State]) -> None:
    assert [one.state for one in checkup_lines.standing_rules(policy, freezes, faults)] == states
