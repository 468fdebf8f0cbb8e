"""Memory limits in words, and when they do not protect the host."""

import pytest

from bot.domain.diagnosis.ceiling import Ceiling, ceiling
from bot.domain.kills.death import Limits


@pytest.mark.parametrize(
    ("limits", "launch_type", "short", "words"),
    [
        pytest.param(
            Limits(container_mib=512, reservation_mib=256, task_mib=1024),
            "FARGATE",
            "512 MiB limit",
            "512 MiB hard · 256 MiB soft · task 1,024 MiB",
            id="all of them",
        ),
        pytest.param(
            Limits(task_mib=2048),
            "FARGATE",
            "2,048 MiB task limit",
            "task 2,048 MiB",
            id="the task's alone",
        ),
        pytest.param(Limits(container_mib=512), "EC2", "512 MiB limit", "512 MiB hard", id="safe on a host"),
        pytest.param(
            Limits(reservation_mib=128, task_mib=512),
            "EC2",
            "512 MiB task limit",
            "128 MiB soft · task 512 MiB",
            id="the task's size holds on a host",
        ),
        pytest.param(Limits(), "FARGATE", "", "", id="not told: Fargate always has one"),
        pytest.param(Limits(), "", "", "", id="nothing told at all"),
    ],
)
def test_limits_that_protect_or_are_not_told(
    limits: Limits, launch_type: str, short: str, words: str
) -> None:
    assert ceiling(limits, launch_type) == Ceiling(short=short, words=words, endangers_host=False)


@pytest.mark.parametrize("launch_type", ["EC2", "EXTERNAL", "MANAGED_INSTANCES"])
@pytest.mark.parametrize(
    ("limits", "short", "words"),
    [
        pytest.param(Limits(), "no limit", "no limit", id="none at all"),
        pytest.param(
            Limits(reservation_mib=256),
            "no hard limit",
            "256 MiB soft · no hard limit",
            id="only a reservation",
        ),
        pytest.param(
            Limits(reservation_mib=128, task_mib=128),
            "no hard limit",
            "128 MiB soft · no hard limit",
            id="the task's memory is only the sum of its reservations",
        ),
    ],
)
def test_a_container_without_hard_limit_endangers_a_shared_host(
    limits: Limits, launch_type: str, short: str, words: str
) -> None:
    assert ceiling(limits, launch_type) == Ceiling(short=short, words=words, endangers_host=True)
