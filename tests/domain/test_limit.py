"""The limit in force: what a run overrode counts, and sums of reservations are none."""

import pytest

from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.limit import Limit, limit_of
from bot.domain.kills.death import Limits
from tests.domain.evidences import ON_EC2, container, definition, evidence

SOFT = definition(container(memory_mib=None, reservation_mib=256), memory_mib=None, is_fargate=False)
WINDOWS = definition(container(memory_mib=None), is_windows=True)


@pytest.mark.parametrize(
    ("found", "own_mib", "task_mib"),
    [
        pytest.param(evidence(), 512, 1024, id="both"),
        pytest.param(evidence(died={"limits": Limits()}), 512, 1024, id="the event told none"),
        pytest.param(
            evidence(died={"limits": Limits(container_mib=2048, task_mib=4096)}), 2048, 4096, id="overridden"
        ),
        pytest.param(evidence(definition=None), 512, 1024, id="the revision is not known"),
        pytest.param(
            evidence(died={**ON_EC2, "limits": Limits(reservation_mib=256, task_mib=256)}, definition=SOFT),
            None,
            None,
            id="a sum of reservations is no limit",
        ),
        pytest.param(
            evidence(died={**ON_EC2, "limits": Limits(reservation_mib=256, task_mib=2048)}, definition=SOFT),
            None,
            2048,
            id="a task's size given at run time",
        ),
        pytest.param(
            evidence(died={"limits": Limits(task_mib=1024)}, definition=WINDOWS), None, None, id="Windows"
        ),
    ],
)
def test_the_limit_in_force(found: Evidence, own_mib: int | None, task_mib: int | None) -> None:
    assert limit_of(found) == Limit(own_mib=own_mib, task_mib=task_mib)


@pytest.mark.parametrize(
    ("limit", "mib"),
    [
        pytest.param(Limit(own_mib=512, task_mib=1024), 512, id="its own"),
        pytest.param(Limit(own_mib=None, task_mib=1024), 1024, id="its task's"),
        pytest.param(Limit(own_mib=None, task_mib=None), None, id="nobody knows"),
    ],
)
def test_what_is_reached_first(limit: Limit, mib: int | None) -> None:
    assert limit.mib == mib
