"""A task as a whole: the stages of its stop, what it is grouped by, when it died, its limits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import BY_ITSELF, CLUSTER, DEFINITION, NOW, OOM_TEXT, TASK, container, task_event

KILLED = container(exitCode=137, reason=OOM_TEXT)
USER: dict[str, Any] = {"stopCode": "UserInitiated", "stoppedReason": "Task stopped by user"}


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        pytest.param(
            task_event(container(lastStatus="RUNNING"), lastStatus="RUNNING"), Verdict.NONE, id="it runs"
        ),
        pytest.param(
            task_event(container(lastStatus="RUNNING"), **USER, lastStatus="DEACTIVATING"),
            Verdict.NONE,
            id="a user stops it, first stage",
        ),
        pytest.param(
            task_event(container(exitCode=2), **USER, lastStatus="DEPROVISIONING"),
            Verdict.NONE,
            id="a user stops it, second stage",
        ),
        pytest.param(
            task_event(container(exitCode=2), **USER), Verdict.NONE, id="a user stops it, last stage"
        ),
        pytest.param(
            task_event(KILLED, **BY_ITSELF, lastStatus="DEPROVISIONING"), Verdict.OOM, id="OOM, early stage"
        ),
        pytest.param(
            task_event(lastStatus="RUNNING", stopCode="TerminationNotice"),
            Verdict.NONE,
            id="Spot's two-minute notice",
        ),
        pytest.param(
            task_event(
                container(lastStatus="RUNNING"), **USER | {"stoppedReason": "Task failed ELB health checks"}
            ),
            Verdict.NONE,
            id="a user may write anything",
        ),
        pytest.param(
            task_event(
                container(lastStatus="RUNNING"),
                lastStatus="DEACTIVATING",
                stoppedReason="Task failed ELB health checks in (x)",
            ),
            Verdict.NONE,
            id="unhealthy, but nothing has ended yet",
        ),
        pytest.param(
            task_event(stopCode="TaskFailedToStart", stoppedReason="ResourceInitializationError: no network"),
            Verdict.FAILURE,
            id="failed to start, no containers",
        ),
        pytest.param(
            task_event(container(), stopCode="TaskFailedToStart"),
            Verdict.FAILURE,
            id="failed to start, no reason",
        ),
        pytest.param(
            task_event(stopCode="TaskFailedToStart", lastStatus="DEPROVISIONING"),
            Verdict.NONE,
            id="failed to start, its last stage is to come",
        ),
        pytest.param(
            task_event(
                stopCode="TaskFailedToStart",
                stoppedReason="CannotStartContainerError: container init was OOM-killed (memory limit too low?)",
            ),
            Verdict.OOM,
            id="the limit is too low to start, told by the task alone",
        ),
        pytest.param(task_event(startedAt=None), Verdict.FAILURE, id="stopped, and never started"),
        pytest.param(
            task_event(startedAt=None, **USER), Verdict.NONE, id="stopped by a user before it started"
        ),
        pytest.param(
            task_event(container(exitCode=0), startedAt=None),
            Verdict.NONE,
            id="no start told, all ended well",
        ),
        pytest.param(task_event(), Verdict.NONE, id="no containers told"),
        pytest.param(task_event(containers=None), Verdict.NONE, id="containers null"),
    ],
)
def test_stages(event: dict[str, Any], verdict: Verdict) -> None:
    assert assess(event, NOW).verdict is verdict


def test_a_failure_of_the_whole_task_names_no_container() -> None:
    unhealthy = {
        "stopCode": "ServiceSchedulerInitiated",
        "stoppedReason": "Task failed container health checks",
    }
    assessment = assess(task_event(container(exitCode=137), container("log", exitCode=0), **unhealthy), NOW)
    (failure,) = (death for death in assessment.deaths if death.verdict is Verdict.FAILURE)
    assert (failure.container, failure.group_key.container, failure.task_arn) == ("", "", TASK)
    assert failure.reason.startswith("The task was stopped: Task failed container health checks")


def test_init_killed_told_by_the_task_is_the_fault_of_its_only_container() -> None:
    told = "container init was OOM-killed (memory limit too low?)"
    assessment = assess(task_event(container(), stopCode="TaskFailedToStart", stoppedReason=told), NOW)
    assert [(death.container, death.verdict) for death in assessment.deaths] == [("app", Verdict.OOM)]


@pytest.mark.parametrize(
    ("detail", "key"),
    [
        pytest.param({}, "123456789012/eu-west-1/prod/service:checkout/app", id="a service"),
        pytest.param(
            {"group": "family:checkout"}, "123456789012/eu-west-1/prod/family:checkout/app", id="run-task"
        ),
        pytest.param(
            {"group": "my-group"},
            "123456789012/eu-west-1/prod/family:checkout/app",
            id="a group of their own",
        ),
        pytest.param({"group": None}, "123456789012/eu-west-1/prod/family:checkout/app", id="no group"),
        pytest.param(
            {"group": "family:report", "taskDefinitionArn": None},
            "123456789012/eu-west-1/prod/family:report/app",
            id="a family, and no task definition",
        ),
        pytest.param(
            {"group": "my-group", "taskDefinitionArn": 7},
            "123456789012/eu-west-1/prod/task:0a1b2c3d4e5f60718293a4b5c6d7e8f9/app",
            id="nothing but the task",
        ),
        pytest.param(
            {"taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/b99d40b3-5176-4f71-9a52-9dbd6f1cebef"},
            "123456789012/eu-west-1/prod/service:checkout/app",
            id="an old short ARN",
        ),
        pytest.param(
            {"clusterArn": None}, "123456789012/eu-west-1/prod/service:checkout/app", id="no cluster ARN"
        ),
        pytest.param(
            {"taskArn": None, "clusterArn": None},
            "123456789012/eu-west-1/prod/service:checkout/app",
            id="the task is among the resources only",
        ),
        *(
            pytest.param(
                {
                    "taskArn": TASK.replace(":aws:", f":{partition}:").replace("eu-west-1", region),
                    "clusterArn": CLUSTER.replace(":aws:", f":{partition}:").replace("eu-west-1", region),
                },
                f"123456789012/{region}/prod/service:checkout/app",
                id=partition,
            )
            for partition, region in (
                ("aws-us-gov", "us-gov-west-1"),
                ("aws-cn", "cn-north-1"),
                ("aws-eusc", "eusc-de-east-1"),
            )
        ),
        pytest.param(
            {
                "clusterArn": CLUSTER.replace("prod", "AWSBatch-spot-1234"),
                "group": "render",
                "taskDefinitionArn": DEFINITION.replace("checkout", "render"),
            },
            "123456789012/eu-west-1/AWSBatch-spot-1234/job:render/app",
            id="a cluster that Batch owns",
        ),
    ],
)
def test_group_key(detail: dict[str, Any], key: str) -> None:
    (kill,) = assess(task_event(KILLED, **{**BY_ITSELF, **detail}), NOW).kills
    assert str(kill.group_key) == key
    assert kill.task_arn


@pytest.mark.parametrize(
    ("detail", "died_at"),
    [
        pytest.param({}, datetime(2026, 3, 1, 10, 13, 20, 500000, UTC), id="when the containers stopped"),
        pytest.param(
            {"executionStoppedAt": "2026-03-01T10:13:24Z"},
            datetime(2026, 3, 1, 10, 13, 24, tzinfo=UTC),
            id="no fraction",
        ),
        pytest.param(
            {"executionStoppedAt": None},
            datetime(2026, 3, 1, 10, 13, 29, 123000, UTC),
            id="when the task stopped",
        ),
        pytest.param(
            {"executionStoppedAt": "soon", "stoppedAt": "", "stoppingAt": "2026-03-01T10:13:00.54Z"},
            datetime(2026, 3, 1, 10, 13, 0, 540000, UTC),
            id="when it began to stop",
        ),
        pytest.param(
            {"executionStoppedAt": None, "stoppedAt": None},
            datetime(2026, 3, 1, 10, 13, 30, tzinfo=UTC),
            id="when the event was made",
        ),
        pytest.param({"executionStoppedAt": "2226-03-01T10:13:24Z"}, NOW, id="never in the far future"),
    ],
)
def test_time_of_death(detail: dict[str, Any], died_at: datetime) -> None:
    (kill,) = assess(task_event(KILLED, **{**BY_ITSELF, **detail}), NOW).kills
    assert kill.died_at == died_at


def test_without_any_time_it_died_now() -> None:
    assert assess({"detail": {"containers": [KILLED]}}, NOW).kills[0].died_at == NOW


@pytest.mark.parametrize(
    ("containers", "detail", "limits"),
    [
        pytest.param([KILLED], {}, Limits(task_mib=1024), id="Fargate, the task's size"),
        pytest.param(
            [KILLED | {"memory": "512", "memoryReservation": "256"}],
            {},
            Limits(container_mib=512, reservation_mib=256, task_mib=1024),
            id="all three",
        ),
        pytest.param(
            [KILLED | {"memory": "512", "memoryReservation": "256"}],
            {
                "overrides": {
                    "memory": "4096",
                    "containerOverrides": [{"name": "app", "memory": 2048, "memoryReservation": 1024}],
                }
            },
            Limits(container_mib=2048, reservation_mib=1024, task_mib=4096),
            id="run-time overrides win",
        ),
        pytest.param(
            [KILLED | {"memoryReservation": "128"}, container("log", exitCode=0, memory="64")],
            {"launchType": "EC2", "memory": "192"},
            Limits(reservation_mib=128),
            id="EC2 tells the sum of the reservations as if it were a limit",
        ),
        pytest.param(
            [KILLED | {"memoryReservation": "128"}],
            {"launchType": "EC2", "memory": "512"},
            Limits(reservation_mib=128, task_mib=512),
            id="EC2, a task limit that the reservations do not explain",
        ),
        pytest.param([KILLED | {"memory": "null", "cpu": "null"}], {"memory": "null"}, Limits(), id='"null"'),
        pytest.param([KILLED | {"memory": "0"}], {"memory": -1}, Limits(), id="nothing is no limit"),
    ],
)
def test_limits(containers: list[dict[str, Any]], detail: dict[str, Any], limits: Limits) -> None:
    (kill,) = assess(task_event(*containers, **{**BY_ITSELF, **detail}), NOW).kills
    assert kill.limits == limits


def test_what_the_event_tells_goes_along() -> None:
    part = KILLED | {"image": "repo/app:1", "imageDigest": "sha256:0123"}
    (kill,) = assess(task_event(part, **BY_ITSELF), NOW).kills
    assert (kill.task_version, kill.task_definition_arn, kill.launch_type) == (7, DEFINITION, "FARGATE")
    assert (kill.image, kill.image_digest, kill.started_by) == (
        "repo/app:1",
        "sha256:0123",
        "ecs-svc/1234567890123456789",
    )
    assert (kill.availability_zone, kill.task_stopped, kill.exit_code) == ("eu-west-1b", True, 137)
    assert kill.lifetime_s == pytest.approx(3600.001)


def test_a_task_that_runs_on_is_not_told_as_stopped() -> None:
    (kill,) = assess(task_event(KILLED, lastStatus="RUNNING", desiredStatus="RUNNING"), NOW).kills
    assert not kill.task_stopped
    assert kill.reason.endswith("its task runs on")


def test_free_text_is_cut_and_kept_on_one_line() -> None:
    reason = "line one\nline two\x00 " + "x" * 5000
    assessment = assess(
        task_event(container(exitCode=137), stopCode="UserInitiated", stoppedReason=reason), NOW
    )
    assert len(assessment.why) < 400
    assert "line one line two" in assessment.why


def test_a_container_without_a_name_still_has_one() -> None:
    (kill,) = assess(task_event(KILLED | {"name": None}, **BY_ITSELF), NOW).kills
    assert kill.container == "unnamed"


def test_the_answer_of_describe_tasks_is_read_too() -> None:
    described = task_event(KILLED, **BY_ITSELF)["detail"]
    assert (
        assess({"tasks": [described], "failures": []}, NOW).kills == assess({"detail": described}, NOW).kills
    )
