"""Layouts: where a new limit goes in its task, and whether the task finds room."""

import pytest

from bot.domain.aws.layout import Layout, Plot, layouts
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import Host
from bot.domain.sizing.placement import reserved_mib, room
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

Row = tuple[int | None, int | None, int | None, int | None]  # container, reservation, task, CPU


def rows(
    definition: TaskDefinition,
    wanted: float,
    *,
    of_task: bool = False,
    others: dict[str, float] | None = None,
) -> list[Row]:
    container = definition.container("app")
    assert container is not None
    plot = Plot(definition=definition, container=container, is_task_limit=of_task, others_mib=others or {})
    return [(one.container_mib, one.reservation_mib, one.task_mib, one.cpu) for one in layouts(plot, wanted)]


@pytest.mark.parametrize(
    ("definition", "wanted", "expected"),
    [
        pytest.param(on_fargate(512, 256), 600, [(None, None, 1024, 256)], id="the next size on sale"),
        pytest.param(
            on_fargate(2048, 256),
            2100,
            [(None, None, 2048, 256), (None, None, 3072, 512)],
            id="CPU must grow: or stay",
        ),
        pytest.param(
            on_fargate(2048, 256, app(), sidecar(512)), 2048, [(None, None, 2048, 256)], id="others are in it"
        ),
        pytest.param(
            on_ec2(app(), memory_mib=1000), 1250, [(None, None, 1280, None)], id="EC2: steps of 64 MiB"
        ),
        pytest.param(on_fargate(None, 256), 600, [], id="a revision without a size"),
        pytest.param(on_fargate(512, 256), 300_000, [], id="nothing on sale"),
    ],
)
def test_the_limit_of_a_task(definition: TaskDefinition, wanted: float, expected: list[Row]) -> None:
    assert rows(definition, wanted, of_task=True) == expected


@pytest.mark.parametrize(
    ("definition", "wanted", "expected"),
    [
        pytest.param(
            on_fargate(4096, 1024, app(1024)), 2000, [(2048, None, 4096, 1024)], id="the task has it already"
        ),
        pytest.param(
            on_fargate(4096, 1024, app(3500, 1750), sidecar(256)),
            5000,
            [(3840, 1920, 4096, 1024), (5888, 2944, 6144, 1024)],
            id="the task grows, and the container gets the rest",
        ),
        pytest.param(
            on_fargate(4096, 1024, app(2048), sidecar(None, 512)),
            4000,
            [(3584, None, 4096, 1024), (4608, None, 5120, 1024)],
            id="a sidecar's reservation is kept free",
        ),
        pytest.param(
            on_fargate(1024, 256, app(1024)),
            1280,
            [(1024, None, 1024, 256), (2048, None, 2048, 256)],
            id="both limits",
        ),
        pytest.param(
            on_fargate(2048, 256, app(2048)),
            2560,
            [(2048, None, 2048, 256), (3072, None, 3072, 512)],
            id="more CPU, or none",
        ),
        pytest.param(
            on_ec2(app(1000, 500)), 1250, [(1280, 640, None, None)], id="EC2: the reservation in proportion"
        ),
        pytest.param(on_ec2(app(1000, 999)), 1250, [(1280, 1216, None, None)], id="and below the limit"),
        pytest.param(
            on_ec2(app(1000), sidecar(200), memory_mib=1300),
            1250,
            [(1280, None, 1536, None)],
            id="EC2: the task too",
        ),
        pytest.param(
            on_ec2(app(1000), sidecar(200), memory_mib=4000),
            1250,
            [(1280, None, 4000, None)],
            id="EC2: the task has it",
        ),
    ],
)
def test_the_limit_of_a_container(definition: TaskDefinition, wanted: float, expected: list[Row]) -> None:
    assert rows(definition, wanted) == expected


@pytest.mark.parametrize(
    ("others", "container_mib"),
    [
        pytest.param({}, 2048 - 128, id="a sidecar of which nothing is known"),
        pytest.param({"envoy": 400.0}, 2048 - 512, id="a sidecar that was measured"),
    ],
)
def test_a_sidecar_without_limits_keeps_what_it_needs(others: dict[str, float], container_mib: int) -> None:
    grown = rows(on_fargate(1024, 256, app(900), sidecar()), 1100, others=others)[-1]
    assert grown == (container_mib, None, 2048, 256)


HOST = Host(instance_id="i-1", registered_mib=7985, remaining_mib=500, largest_free_mib=2000)


@pytest.mark.parametrize(
    ("need", "host", "fits", "why"),
    [
        pytest.param(1500, HOST, True, "2,000 MiB free", id="another instance has room"),
        pytest.param(3000, HOST, None, "may wait", id="none has room now"),
        pytest.param(9000, HOST, False, "offers 7,985 MiB", id="larger than the instance"),
        pytest.param(1500, None, None, "not known", id="nobody knows"),
    ],
)
def test_room_on_the_instances(need: int, host: Host | None, fits: bool | None, why: str) -> None:
    found = room(need, host)
    assert found.fits is fits
    assert why in found.why


@pytest.mark.parametrize(
    ("definition", "task_mib", "reserved"),
    [
        pytest.param(on_ec2(app(1000, 500), sidecar(200)), None, 640 + 200, id="reservation, else limit"),
        pytest.param(on_ec2(app(1000, 500), sidecar(200)), 3000, 3000, id="the task's size where it has one"),
    ],
)
def test_what_a_task_reserves(definition: TaskDefinition, task_mib: int | None, reserved: int) -> None:
    new = Layout(limit_mib=1280, container_mib=1280, reservation_mib=640, task_mib=task_mib, cpu=None)
    assert reserved_mib(definition, "app", new) == reserved
