"""Pressure: whose memory is held against which limit, and what a host that is overbooked is told."""

import pytest

from bot.domain.diagnosis import host_room
from bot.domain.diagnosis.diagnosis import Standing
from bot.domain.diagnosis.evidence import Evidence, Host
from bot.domain.diagnosis.pressure import pressure_of
from bot.domain.investigation.standing import standing_of
from bot.domain.kills.death import Limits
from tests.domain.evidences import (
    ONLY_SOFT,
    SUSPECTED,
    container,
    definition,
    evidence,
    series,
    steady,
)

OTHER = series(*steady(600), container="router")
SOFT = definition(
    container(memory_mib=None, reservation_mib=256), memory_mib=None, cpu=None, is_fargate=False
)
NO_OWN = definition(container(memory_mib=None), container("router", memory_mib=None))


@pytest.mark.parametrize(
    ("found", "peak", "limit"),
    [
        pytest.param(evidence(series=series(400, 500)), 500, 512, id="its own limit"),
        pytest.param(
            evidence(series=series(*steady(400)), others=(OTHER,)), 1000, 1024, id="the task was full, it was not"
        ),
        pytest.param(
            evidence(series=series(*steady(500)), others=(OTHER,)), 500, 512, id="both were: its own comes first"
        ),
        pytest.param(
            evidence(series=series(*steady(100)), others=(OTHER,)), 100, 512, id="neither was: a spike of its own"
        ),
        pytest.param(
            evidence(
                died={"limits": Limits(task_mib=1024)},
                definition=NO_OWN,
                series=series(*steady(300)),
                others=(OTHER,),
            ),
            900,
            1024,
            id="no limit of its own: all together",
        ),
        pytest.param(
            evidence(died=ONLY_SOFT, definition=SOFT, series=series(300, limit_mib=256)),
            300,
            None,
            id="a reservation is no limit",
        ),
        pytest.param(
            evidence(died={"limits": Limits()}, definition=None, series=series(300, limit_mib=512)),
            300,
            512,
            id="nothing but the metrics' own word",
        ),
    ],
)  # fmt: skip
def test_what_is_held_against_what(found: Evidence, peak: float, limit: int | None) -> None:
    pressure = pressure_of(found)
    assert pressure.series is not None
    assert (pressure.series.peak_mib, pressure.limit_mib) == (peak, limit)


@pytest.mark.parametrize(
    ("used", "standing", "pastes"),
    [
        pytest.param(400, Standing.CONFIRMED, ["512"], id="more than it reserves"),
        pytest.param(200, Standing.UNKNOWN, [], id="less: it may have been another one"),
    ],
)
def test_a_host_without_hard_limits(used: float, standing: Standing, pastes: list[str]) -> None:
    host = Host(instance_id="i-1", registered_mib=3767, remaining_mib=100)
    found = evidence(
        died={**ONLY_SOFT, **SUSPECTED}, definition=SOFT, series=series(*steady(used)), host=host
    )
    assert standing_of(found, ())[0] is standing
    assert [one.paste for one in host_room.findings(found)] == pastes
    assert host_room.words(found) == "No hard limit was in force: only its host's 3,767 MiB limited it."
