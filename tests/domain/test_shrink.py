"""Shrinking: what never comes near its limit, and what must not be touched."""

from typing import Any

import pytest

from bot.domain.aws.price import fallback
from bot.domain.sizing.shrink import Shrunk, Steady, shrink
from bot.domain.sizing.sizing import Abstains
from bot.domain.sizing.tail import Peak
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

CALM = [Peak(700.0 + day % 5 * 10) for day in range(14)]


def steady(**told: Any) -> Steady:
    known: dict[str, Any] = {
        "definition": on_fargate(4096, 1024),
        "container": "app",
        "limit_mib": 4096,
        "peaks": CALM,
        "stretch_h": 24,
        "prices": fallback("us-east-1"),
    }
    return Steady(**(known | told))


@pytest.mark.parametrize(
    ("told", "size"),
    [
        pytest.param({}, (2048, 2048, 1024, None), id="the least that its CPU is sold with"),
        pytest.param(
            {"definition": on_fargate(4096, 512), "limit_mib": 4096},
            (1024, 1024, 512, None),
            id="a smaller CPU: less",
        ),
        pytest.param(
            {"definition": on_fargate(4096, 512, app(3000, 1500), sidecar(500)), "limit_mib": 3000},
            (1536, 2048, 512, 768),
            id="the container and its task",
        ),
        pytest.param(
            {"definition": on_ec2(app(4096, 2048)), "limit_mib": 4096},
            (896, None, None, 448),
            id="EC2: to 64 MiB",
        ),
        pytest.param(
            {"definition": on_ec2(app(), memory_mib=4096)}, (896, 896, None, None), id="EC2: the task's size"
        ),
    ],
)
def test_a_smaller_size(told: dict[str, Any], size: tuple[int | None, ...]) -> None:
    found = shrink(steady(**told))
    assert isinstance(found, Shrunk), found
    option = found.option
    assert (option.memory_mib, option.task_mib, option.cpu, option.reservation_mib) == size
    assert found.frees_mib > 0
    assert 0 < found.kill_within_30_days < 0.1
    assert "740 of" in found.reason


def test_it_saves_by_the_task() -> None:
    found = shrink(steady(desired_count=10))
    assert isinstance(found, Shrunk)
    assert found.option.monthly_usd == pytest.approx(-10 * 2 * 0.004445 * 730)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param({"peaks": CALM[:6]}, "144 hours of history", id="less than a week"),
        pytest.param({"peaks": []}, "0 hours", id="no history"),
        pytest.param({"container": "other"}, "history", id="no such container"),
        pytest.param({"peaks": [*CALM, Peak(900, is_censored=True)]}, "was killed", id="it was killed"),
        pytest.param(
            {"definition": on_fargate(2048, 1024), "limit_mib": 2048}, "no smaller size", id="nothing smaller"
        ),
        pytest.param(
            {"definition": on_fargate(2048, 1024, app(2048)), "limit_mib": 2048},
            "no smaller size",
            id="a smaller limit in the same task saves nothing",
        ),
        pytest.param({"peaks": [Peak(3000.0)] * 14}, "no smaller size", id="it needs what it has"),
        pytest.param(
            {"peaks": [Peak(200.0 * 1.25**day) for day in range(14)]}, "no smaller size", id="no end in sight"
        ),
    ],
)
def test_it_keeps_its_hands_off(told: dict[str, Any], why: str) -> None:
    found = shrink(steady(**told))
    assert isinstance(found, Abstains)
    assert why in found.why


def test_wilder_peaks_leave_more_room() -> None:
    calm = shrink(steady(definition=on_ec2(app(8192)), limit_mib=8192))
    wild = shrink(
        steady(
            definition=on_ec2(app(8192)), limit_mib=8192, peaks=[Peak(300.0 * 1.07**day) for day in range(14)]
        )
    )
    assert isinstance(calm, Shrunk)
    assert isinstance(wild, Shrunk)
    assert wild.option.memory_mib > 1.3 * calm.option.memory_mib
