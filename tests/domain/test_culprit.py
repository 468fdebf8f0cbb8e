"""What ran out: the rows of the evidence table, and that nothing is blamed without evidence."""

from collections.abc import Sequence

import pytest

from bot.domain.diagnosis.diagnosis import Culprit, Finding, Standing
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.investigation.culprit import culprit_of
from bot.domain.kills.death import Limits
from tests.domain.evidences import (
    ON_EC2,
    ONLY_SOFT,
    SUSPECTED,
    container,
    definition,
    evidence,
    finding,
    series,
    steady,
)

NO_OWN_LIMIT = container(memory_mib=None)
SOFT = definition(
    container(memory_mib=None, reservation_mib=256), memory_mib=None, cpu=None, is_fargate=False
)
NEVER_RAN = "Container app was OOM-killed before it could start: its memory limit is too low"
TASK_ONLY = {"limits": Limits(task_mib=1024)}
HEAP = finding("jvm.heap", memory_helps=False)
ROUTER = series(*steady(600), container="log-router")


@pytest.mark.parametrize(
    ("found", "read", "culprit", "why"),
    [
        pytest.param(
            evidence(), [], Culprit.CONTAINER, "It reached its limit of 512 MiB.", id="its own limit"
        ),
        pytest.param(
            evidence(died=TASK_ONLY, definition=definition(NO_OWN_LIMIT)),
            [],
            Culprit.CONTAINER,
            "It is its task's only container and reached its task's limit of 1,024 MiB.",
            id="alone in its task",
        ),
        pytest.param(
            evidence(died=TASK_ONLY, definition=definition(NO_OWN_LIMIT, container("envoy"))),
            [],
            Culprit.TASK,
            "Its 2 containers together reached the task's limit of 1,024 MiB.",
            id="all together",
        ),
        pytest.param(
            evidence(died=TASK_ONLY, definition=None),
            [],
            Culprit.TASK,
            "All containers together reached the task's limit of 1,024 MiB.",
            id="nobody knows how many",
        ),
        pytest.param(
            evidence(
                died={**TASK_ONLY, "container": "aws-guardduty-agent-x1"}, definition=definition(NO_OWN_LIMIT)
            ),
            [],
            Culprit.TASK,
            "AWS injected this container: it shares its task's memory.",
            id="an injected one",
        ),
        pytest.param(
            evidence(series=series(*steady(380)), others=(ROUTER,)),
            [],
            Culprit.SIDECAR,
            "log-router used 600 of the task's 1,024 MiB, this container 380.",
            id="a sidecar pushed the task over",
        ),
        pytest.param(
            evidence(series=series(*steady(500)), others=(ROUTER,)),
            [],
            Culprit.CONTAINER,
            "It reached its limit of 512 MiB.",
            id="a large sidecar, but its own limit was reached",
        ),
        pytest.param(
            evidence(series=series(*steady(100)), others=(ROUTER,)),
            [],
            Culprit.CONTAINER,
            "It reached its limit of 512 MiB.",
            id="a large sidecar, but the task was not full: a spike between samples",
        ),
        pytest.param(
            evidence(died={"reason": NEVER_RAN}),
            [],
            Culprit.INIT,
            "Its limit is 512 MiB.",
            id="too low to start",
        ),
        pytest.param(
            evidence(died={**TASK_ONLY, "reason": NEVER_RAN}, definition=None),
            [],
            Culprit.INIT,
            "Its task's limit is 1,024 MiB.",
            id="the task's is too low to start",
        ),
        pytest.param(
            evidence(died={"limits": Limits(), "reason": NEVER_RAN}, definition=None),
            [],
            Culprit.INIT,
            "Its limit.",
            id="too low to start, and nobody knows what it was",
        ),
        pytest.param(
            evidence(died={"limits": Limits()}, definition=None),
            [],
            Culprit.CONTAINER,
            "It reached its limit.",
            id="a limit that nobody knows",
        ),
        pytest.param(
            evidence(died={"exit_code": 0}),
            [],
            Culprit.CHILD,
            "The container itself ended with exit code 0.",
            id="a child was killed",
        ),
        pytest.param(
            evidence(died={**SUSPECTED, "exit_code": 3}),
            [finding("gunicorn.sigkill", memory_helps=True)],
            Culprit.CHILD,
            "It is so.",
            id="a worker-kill line",
        ),
        pytest.param(
            evidence(died={**SUSPECTED, "exit_code": 134}),
            [HEAP],
            Culprit.RUNTIME,
            "It is so. The container itself had memory left.",
            id="a heap line and no kernel kill",
        ),
        pytest.param(
            evidence(),
            [HEAP],
            Culprit.CONTAINER,
            "It reached its limit of 512 MiB.",
            id="a heap line, but the kernel killed it: ECS says so",
        ),
        pytest.param(
            evidence(),
            [finding("kernel.memcg_constraint", memory_helps=False)],
            Culprit.HOST,
            "The kernel says that the whole host had run out.",
            id="the kernel blames the host",
        ),
        pytest.param(
            evidence(died=ONLY_SOFT, definition=SOFT),
            [],
            Culprit.HOST,
            "No hard limit was in force.",
            id="only soft limits on a shared host",
        ),
        pytest.param(
            evidence(died={**ON_EC2, "limits": Limits()}, definition=None),
            [],
            Culprit.CONTAINER,
            "It reached its limit.",
            id="on a shared host, and the limits are not known",
        ),
    ],
)
def test_what_is_blamed(found: Evidence, read: Sequence[Finding], culprit: Culprit, why: str) -> None:
    blame = culprit_of(found, read, None)
    assert (blame.culprit, blame.why) == (culprit, why)
    assert bool(blame.container) is (culprit is Culprit.SIDECAR)


@pytest.mark.parametrize(
    ("standing", "culprit"),
    [
        pytest.param(Standing.CONFIRMED, Culprit.CONTAINER, id="confirmed"),
        pytest.param(Standing.UNLIKELY, Culprit.UNKNOWN, id="unlikely"),
        pytest.param(Standing.UNKNOWN, Culprit.UNKNOWN, id="unknown"),
    ],
)
def test_a_suspicion_blames_nobody_before_it_is_confirmed(standing: Standing, culprit: Culprit) -> None:
    blame = culprit_of(evidence(died=SUSPECTED), [], standing)
    assert blame.culprit is culprit


def test_thread_lines_are_no_lack_of_memory_whatever_was_suspected() -> None:
    read = [finding("py.thread", memory_helps=False)]
    assert culprit_of(evidence(died=SUSPECTED), read, Standing.UNKNOWN).culprit is Culprit.RUNTIME


def test_a_look_alike_is_no_cap_of_the_runtime() -> None:
    read = [finding("gunicorn.timeout", memory_helps=False)]
    assert culprit_of(evidence(died=SUSPECTED), read, Standing.UNLIKELY).culprit is Culprit.UNKNOWN
