"""The command into a living sibling: exact, quoted, and nothing where a name is strange."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.investigation.peek import BY_PROCESS, exec_command
from tests.domain.evidences import LIVING, definition, evidence, service
from tests.slack.incidents import SERVICE, death

OPEN: dict[str, Any] = {"can_exec": True, "living_task_arn": LIVING}


def test_it_can_be_pasted_into_a_shell() -> None:
    words = shlex.split(exec_command(evidence(service=service(**OPEN))))
    assert words == [
        *("aws", "ecs", "execute-command", "--region", "eu-west-1", "--cluster", "prod"),
        *("--task", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "--container", "app", "--interactive"),
        *("--command", BY_PROCESS),
    ]


def test_what_runs_inside_needs_a_shell_and_grep_alone() -> None:
    assert shlex.split(BY_PROCESS)[:2] == ["sh", "-c"]
    assert "|" not in BY_PROCESS


@pytest.mark.parametrize(
    ("state", "died"),
    [
        pytest.param({"living_task_arn": LIVING}, {}, id="ECS Exec is off"),
        pytest.param({"can_exec": True}, {}, id="nothing of it lives"),
        pytest.param({**OPEN, "living_task_arn": LIVING + "; rm -rf /"}, {}, id="a strange task"),
        pytest.param(
            {**OPEN, "living_task_arn": LIVING.replace("0a1b2c3d", "$(reboot)")}, {}, id="a strange task id"
        ),
        pytest.param(
            {**OPEN, "living_task_arn": LIVING.replace("eu-west-1", "-o")}, {}, id="a strange region"
        ),
        pytest.param(OPEN, {"container": "app; reboot"}, id="a strange container"),
    ],
)
def test_nothing_is_offered(state: dict[str, Any], died: dict[str, Any]) -> None:
    assert exec_command(evidence(died=died, service=service(**state))) == ""


def test_nothing_is_offered_for_windows_or_without_a_service() -> None:
    assert exec_command(evidence(service=service(**OPEN), definition=definition(is_windows=True))) == ""
    assert exec_command(evidence()) == ""


def test_an_old_short_arn_is_completed_by_the_cluster_of_the_death() -> None:
    short = "arn:aws:ecs:eu-west-1:123456789012:task/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    told = exec_command(evidence(service=service(**{**OPEN, "living_task_arn": short})))
    assert "--cluster prod --task 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" in told
    nowhere = death(group_key=replace(SERVICE, cluster=""))
    found = evidence(service=service(**{**OPEN, "living_task_arn": short}), deaths=(nowhere,))
    assert exec_command(found) == ""
