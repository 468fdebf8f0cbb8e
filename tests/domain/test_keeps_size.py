"""Sizes kept: whether a later deployment has at least what a resize gave, whichever size that was."""

from dataclasses import replace

import pytest

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.resize.watch import keeps_size
from tests.domain.agreed import OLD, plan
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

APP = ContainerChange(name="app", old_memory_mib=512, new_memory_mib=1024)
LIMIT = Change(revision_arn=OLD, containers=(APP,), task_memory_mib=(2048, 2048))
TASK = Change(revision_arn=OLD, containers=(replace(APP, old_memory_mib=1024),), task_memory_mib=(2048, 4096))
SOFT = Change(
    revision_arn=OLD,
    containers=(
        ContainerChange(
            name="app",
            old_memory_mib=None,
            new_memory_mib=None,
            old_reservation_mib=256,
            new_reservation_mib=512,
        ),
    ),
)
SMALLER = Change(
    revision_arn=OLD, containers=(replace(APP, old_memory_mib=2048),), task_memory_mib=(4096, 4096)
)
BOTH = replace(LIMIT, containers=(APP, ContainerChange(name="envoy", old_memory_mib=64, new_memory_mib=128)))
SETTINGS = Change(revision_arn=OLD, containers=(replace(APP, old_memory_mib=1024),))


@pytest.mark.parametrize(
    ("change", "later", "kept"),
    [
        pytest.param(LIMIT, on_fargate(2048, 512, app(1024)), True, id="the same limit"),
        pytest.param(LIMIT, on_fargate(2048, 512, app(512)), False, id="the old limit is back"),
        pytest.param(LIMIT, on_fargate(2048, 512, app()), True, id="no limit any more: the task's counts"),
        pytest.param(TASK, on_fargate(4096, 512, app(1024)), True, id="the task keeps its size"),
        pytest.param(
            TASK, on_fargate(2048, 512, app(1024)), False, id="the old task is back around the same container"
        ),
        pytest.param(SOFT, on_ec2(app(None, 512)), True, id="the reservation stays"),
        pytest.param(SOFT, on_ec2(app(None, 256)), False, id="the old reservation is back"),
        pytest.param(SMALLER, on_fargate(4096, 512, app(1024)), True, id="it stays small"),
        pytest.param(SMALLER, on_fargate(4096, 512, app(2048)), False, id="it is large again"),
        pytest.param(
            SETTINGS, on_ec2(app(512)), False, id="settings alone were changed, and it has less now"
        ),
        pytest.param(LIMIT, on_ec2(sidecar(64)), None, id="the container is gone"),
        pytest.param(SOFT, on_ec2(app(1024)), None, id="a limit in place of the reservation"),
        pytest.param(BOTH, on_ec2(app(1024), sidecar(128)), True, id="both containers keep their sizes"),
        pytest.param(
            BOTH, on_ec2(app(1024), sidecar(64)), False, id="the other container's old size is back"
        ),
        pytest.param(BOTH, on_ec2(app(512)), False, id="one is gone, and the other has its old size"),
        pytest.param(BOTH, on_ec2(app(1024)), None, id="the other container is gone"),
        pytest.param(None, on_ec2(app(1024)), None, id="nothing was planned"),
    ],
)
def test_whether_a_size_is_kept(change: Change | None, later: TaskDefinition, kept: bool | None) -> None:
    assert keeps_size(plan(change=change), later) is kept
