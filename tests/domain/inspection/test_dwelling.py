"""A container that sits at its limit is found among healthy siblings; what only comes near, or just came, is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.inspection.dwelling import Dwelling, at_limit
from bot.domain.inspection.near import nearness
from tests.domain.inspection.fleets import NOON, history, running
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

PAIR = on_fargate(2048, 512, app(512), sidecar(None))
TASK = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def dwelling(low: float, *, container: str = "app", task: str = TASK, minutes: int = 10) -> Dwelling:
    return Dwelling(task_id=task, container=container, low_mib=low, peak_mib=low + 5, minutes=minutes)


@pytest.mark.parametrize(
    ("definition", "seen", "told"),
    [
        pytest.param(
            PAIR, [dwelling(500)], "app in task 0a1b2c3d is at 97 % or more of its 512 MiB", id="its own"
        ),
        pytest.param(PAIR, [dwelling(500, minutes=3)], "", id="it has only just come there"),
        pytest.param(PAIR, [dwelling(490)], "", id="near it"),
        pytest.param(
            PAIR,
            [dwelling(300, task="f" * 32), dwelling(505), dwelling(200, task="e" * 32)],
            "app in task 0a1b2c3d",
            id="one of three tasks",
        ),
        pytest.param(
            PAIR,
            [dwelling(400), dwelling(1600, container="router")],
            "task 0a1b2c3d is at 97 % or more of its 2,048 MiB",
            id="all containers together",
        ),
        pytest.param(
            PAIR,
            [dwelling(400), dwelling(1600, container="router", task="f" * 32)],
            "",
            id="two tasks are not added up",
        ),
        pytest.param(on_ec2(app(None, 256)), [dwelling(9000)], "", id="without a limit none is reached"),
        pytest.param(PAIR, [], "", id="nobody knows"),
    ],
)
def test_who_sits_at_its_limit(definition: TaskDefinition, seen: list[Dwelling], told: str) -> None:
    found = at_limit(definition, seen)
    assert (found.why if found else "").startswith(told)
    assert (found is None) is (not told)


def test_the_fullest_is_told_with_its_own_limit_though_the_service_looks_calm() -> None:
    calm = history(running(PAIR), hours=[30.0] * 48, minutes=[30.0] * 20)
    seen = replace(calm, dwellings=(dwelling(500), dwelling(80, container="router")))
    since = NOON - timedelta(days=7)
    assert nearness([calm], since=since, percent=90, now=NOON).misses == ()
    [miss] = nearness([seen], since=since, percent=90, now=NOON).misses
    assert (miss.limit_mib, miss.peak_mib, miss.enough_mib, miss.at) == (512, 505, None, NOON)
    assert "app in task 0a1b2c3d" in miss.stuck
