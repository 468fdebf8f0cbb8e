"""Fittings: whatever is asked for, what comes out is what ECS accepts, or it says why not."""

from itertools import product

import pytest

from bot.domain.aws import fargate
from bot.domain.aws.layout import Layout
from bot.domain.aws.task_definition import Container
from bot.domain.plan.amount import Amount, AmountKind
from bot.domain.plan.fitting import Fitting, Misfit, fit
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import facts

ASKED = (6, 100, 512, 1000, 1024, 3000, 8192, 30000, 61440, 200000)
COMPANIES = [
    pytest.param((app(),), id="no limit of its own"),
    pytest.param((app(400),), id="a limit"),
    pytest.param((app(400, 300),), id="a limit and a reservation"),
    pytest.param((app(256, 64), sidecar(128, 100)), id="beside a sidecar"),
    pytest.param((app(300), sidecar()), id="beside one without any size"),
    pytest.param((app(None, 200), sidecar(None, 100)), id="reservations only"),
]


def laid(found: Fitting | Misfit) -> Layout | None:
    """The sizes; None of a misfit, which says why."""
    if isinstance(found, Misfit):
        assert found.why.endswith(".")
        return None
    assert found.got_mib >= found.asked_mib
    return found.layout


def hold(layout: Layout) -> bool:
    """Whether container, reservation and task are nested as ECS demands."""
    hard, soft, task = layout.container_mib, layout.reservation_mib, layout.task_mib
    return (hard is None or soft is None or soft < hard) and (hard is None or task is None or hard <= task)


@pytest.mark.parametrize("containers", COMPANIES)
def test_on_fargate_the_pair_is_sold_and_cpu_is_never_lowered(containers: tuple[Container, ...]) -> None:
    fitted = 0
    for size, mib in product(fargate.sizes(), ASKED):
        given = facts(on_fargate(size.memory_mib, size.cpu, *containers))
        layout = laid(fit(given, "app", Amount(AmountKind.SIZE, mib)))
        if layout is None:
            continue
        fitted += 1
        assert fargate.Size(layout.cpu or 0, layout.task_mib or 0) in fargate.sizes()
        assert (layout.cpu or 0) >= size.cpu
        assert layout.raises_cpu == ((layout.cpu or 0) > size.cpu)
        assert containers[0].memory_mib is None or hold(layout)
    assert fitted > 500


@pytest.mark.parametrize("containers", COMPANIES[1:])
@pytest.mark.parametrize("task_mib", [None, 1024, 8192], ids=["no task size", "a small task", "a large task"])
def test_on_ec2_sizes_are_nested(containers: tuple[Container, ...], task_mib: int | None) -> None:
    for mib in ASKED:
        layout = laid(
            fit(facts(on_ec2(*containers, memory_mib=task_mib)), "app", Amount(AmountKind.SIZE, mib))
        )
        assert layout is not None
        assert (layout.task_mib is None) == (task_mib is None)
        assert hold(layout) or containers[0].memory_mib is None
