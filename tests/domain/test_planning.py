"""Plans: what becomes of the container, the task and its CPU, for what a person typed."""

import pytest

from bot.domain.plan import Plan
from bot.domain.task_definition import TaskDefinition
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import facts, planned


def sizes(one: Plan) -> tuple[int | None, int | None, int | None, int | None]:
    """Container, reservation, task, CPU after the change."""
    assert one.change is not None
    assert one.refusals == ()
    first = one.change.containers[0]
    return first.new_memory_mib, first.new_reservation_mib, one.change.task_memory_mib[1], one.change.cpu[1]


@pytest.mark.parametrize(
    ("definition", "amount", "expected"),
    [
        pytest.param(
            on_fargate(1024, 256, app(1024)),
            "2x",
            (2048, None, 2048, 256),
            id="the task grows with its only container",
        ),
        pytest.param(
            on_fargate(4096, 512, app(1024)),
            "2G",
            (2048, None, 4096, 512),
            id="the task has room: it stays as it is",
        ),
        pytest.param(
            on_fargate(2048, 512, app(1024), sidecar(512)),
            "2G",
            (2048, None, 3072, 512),
            id="the task grows only as far as the sum needs",
        ),
        pytest.param(
            on_fargate(2048, 256, app(2048)),
            "+1G",
            (3072, None, 3072, 512),
            id="the most of its CPU: CPU is forced up",
        ),
        pytest.param(
            on_fargate(8192, 2048, app(8192)),
            "1G",
            (1024, None, 4096, 2048),
            id="smaller: CPU is never lowered",
        ),
        pytest.param(
            on_fargate(1024, 256, app()),
            "1500M",
            (None, None, 2048, 256),
            id="no limit of its own: the next size of the task",
        ),
        pytest.param(
            on_fargate(1024, 256, app(1000, 500)),
            "2000M",
            (2000, 1024, 2048, 256),
            id="the reservation keeps its share",
        ),
        pytest.param(on_ec2(app(700)), "1.5x", (1050, None, None, None), id="EC2 takes any size"),
        pytest.param(
            on_ec2(app(700), memory_mib=1024),
            "1100M",
            (1100, None, 1152, None),
            id="EC2 with a task size: it grows too",
        ),
        pytest.param(
            on_ec2(app(None, 256)),
            "512M",
            (None, 512, None, None),
            id="EC2, soft only: the reservation grows",
        ),
        pytest.param(
            on_ec2(app(1024), sidecar(), memory_mib=4096),
            "512M",
            (512, None, 4096, None),
            id="smaller, beside one of which nobody knows the need: the task stays",
        ),
    ],
)
def test_sizes_after_the_change(
    definition: TaskDefinition, amount: str, expected: tuple[int | None, int | None, int | None, int | None]
) -> None:
    assert sizes(planned(facts(definition), amount)) == expected
