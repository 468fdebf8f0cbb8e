"""Batch jobs: every attempt counts, a retry or success forgives plain failures, the queue and definition own the kill."""

from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.batch_job import is_told_by_batch, job_arn
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import (
    BATCH_TASK,
    BY_ITSELF,
    NOW,
    OOM_TEXT,
    attempt,
    container,
    job_event,
    task_event,
)

OTHER_TASK = BATCH_TASK[:-1] + "9"
OOM = attempt(exitCode=137, reason=OOM_TEXT)


@pytest.mark.parametrize(
    ("event", "verdict", "kills"),
    [
        pytest.param(job_event(OOM), Verdict.OOM, 1, id="out of memory"),
        pytest.param(
            job_event(attempt(exitCode=1, reason=OOM_TEXT)), Verdict.OOM, 1, id="out of memory, exit 1"
        ),
        pytest.param(
            job_event(OOM, attempt(OTHER_TASK, exitCode=137, reason=OOM_TEXT)), Verdict.OOM, 2, id="twice"
        ),
        pytest.param(
            job_event(OOM, attempt(OTHER_TASK, exitCode=1)),
            Verdict.OOM,
            1,
            id="out of memory, then a plain failure",
        ),
        pytest.param(
            job_event(OOM, status="RUNNABLE"), Verdict.OOM, 1, id="out of memory, waits for its retry"
        ),
        pytest.param(
            job_event(OOM, status="RUNNING", container={"taskArn": OTHER_TASK}),
            Verdict.OOM,
            1,
            id="out of memory, the retry runs",
        ),
        pytest.param(
            job_event(OOM, attempt(OTHER_TASK, exitCode=0), status="SUCCEEDED"),
            Verdict.OOM,
            1,
            id="out of memory, the retry succeeded",
        ),
        pytest.param(
            job_event(attempt(exitCode=0, reason=OOM_TEXT), status="SUCCEEDED"),
            Verdict.NONE,
            0,
            id="succeeded, whatever reason its attempt has",
        ),
        pytest.param(
            job_event(OOM, {"container": {}}, status="SUCCEEDED"),
            Verdict.OOM,
            1,
            id="out of memory, the retry succeeded without a word",
        ),
        pytest.param(
            job_event(attempt(exitCode=1), status="RUNNABLE"), Verdict.NONE, 0, id="failed, will be retried"
        ),
        pytest.param(
            job_event(attempt(exitCode=1), attempt(OTHER_TASK, exitCode=0), status="SUCCEEDED"),
            Verdict.NONE,
            0,
            id="failed once, then succeeded",
        ),
        pytest.param(job_event(status="RUNNABLE"), Verdict.NONE, 0, id="waits"),
        pytest.param(job_event(attempt(exitCode=137)), Verdict.SUSPECTED_OOM, 1, id="bare 137"),
        pytest.param(
            job_event(attempt("", "Job attempt duration exceeded timeout", exitCode=137)),
            Verdict.FAILURE,
            0,
            id="timed out",
        ),
        pytest.param(
            job_event(attempt(why="Job attempt duration exceeded timeout", exitCode=137), isTerminated=True),
            Verdict.FAILURE,
            0,
            id="timed out, and Batch calls that terminated",
        ),
        pytest.param(
            job_event(attempt(why="enough", exitCode=137), isTerminated=True, statusReason="enough"),
            Verdict.NONE,
            0,
            id="a user terminated it",
        ),
        pytest.param(job_event(isCancelled=True), Verdict.NONE, 0, id="a user cancelled it before it ran"),
        pytest.param(
            job_event(attempt(why="Host EC2 (instance i-0123456789abcdef0) terminated.", exitCode=137)),
            Verdict.FAILURE,
            0,
            id="its host went away and nobody starts it anew",
        ),
        pytest.param(
            job_event(attempt(why="killed by the workflow", exitCode=137)),
            Verdict.FAILURE,
            0,
            id="some other stop",
        ),
        pytest.param(job_event(attempt(exitCode=1)), Verdict.FAILURE, 0, id="exit 1"),
        pytest.param(
            job_event(statusReason="no space in the queue"), Verdict.FAILURE, 0, id="failed without attempts"
        ),
        pytest.param(job_event(attempts=None, container=None), Verdict.FAILURE, 0, id="attempts null"),
        pytest.param(
            job_event(container={"taskArn": BATCH_TASK, "exitCode": 137, "reason": OOM_TEXT}),
            Verdict.OOM,
            1,
            id="told by the job's container alone",
        ),
        pytest.param(
            job_event(attempt(exitCode=137), container={"taskArn": BATCH_TASK, "reason": OOM_TEXT}),
            Verdict.OOM,
            1,
            id="the job's container adds the reason to its attempt",
        ),
        pytest.param(
            job_event(
                attempt(exitCode=1), container={"taskArn": OTHER_TASK, "exitCode": 137, "reason": OOM_TEXT}
            ),
            Verdict.OOM,
            1,
            id="the job's container is one attempt further than the list",
        ),
    ],
)
def test_attempts(event: dict[str, Any], verdict: Verdict, kills: int) -> None:
    assessment = assess(event, NOW)
    assert (assessment.verdict, len(assessment.kills)) == (verdict, kills)
    assert all(kill.task_arn for kill in assessment.kills)


def test_the_owner_is_the_job_definition_in_its_queue() -> None:
    (kill,) = assess(job_event(OOM), NOW).kills
    assert str(kill.group_key) == "123456789012/eu-west-1/nightly/job:render/default"
    assert kill.task_definition_arn.endswith("job-definition/render:3")
    assert (kill.limits, kill.launch_type) == (Limits(container_mib=4096), "EC2")
    assert kill.lifetime_s == 799.5
    assert kill.died_at.isoformat() == "2026-03-01T10:13:19.500000+00:00"


def test_the_tasks_own_event_names_the_same_death() -> None:
    cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/AWSBatch-spot-1234"
    part = container("default", exitCode=137, reason=OOM_TEXT)
    told_by_ecs = assess(
        task_event(part, **BY_ITSELF, taskArn=BATCH_TASK, clusterArn=cluster, group="x"), NOW
    )
    told_by_batch = assess(job_event(OOM), NOW)
    names = [
        [(kill.task_arn, kill.container) for kill in told.kills] for told in (told_by_ecs, told_by_batch)
    ]
    assert names[0] == names[1] == [(BATCH_TASK, "default")]


def test_a_job_with_several_containers_names_the_one_that_died() -> None:
    task = {
        "taskArn": BATCH_TASK,
        "containerInstanceArn": "arn:aws:ecs:eu-west-1:123456789012:container-instance/AWSBatch-spot-1234/abc",
        "containers": [
            {"name": "main", "exitCode": 137, "reason": OOM_TEXT, "logStreamName": "render/main/1"},
            {"name": "proxy", "exitCode": 137, "logStreamName": "render/proxy/1"},
        ],
    }
    defined = {
        "containers": [
            {
                "name": "main",
                "image": "repo/main:1",
                "resourceRequirements": [{"type": "MEMORY", "value": "2048"}],
            },
            {"name": "proxy", "image": "repo/proxy:1", "memory": 64},
        ]
    }
    event = job_event(
        {
            "taskProperties": [task],
            "statusReason": "Essential container in task exited",
            "stoppedAt": 1772359999500,
        },
        container=None,
        ecsProperties={"taskProperties": [defined]},
    )
    kill, bystander = assess(event, NOW).deaths
    assert (kill.container, kill.verdict, kill.limits.container_mib) == ("main", Verdict.OOM, 2048)
    assert (bystander.container, bystander.verdict) == ("proxy", Verdict.NONE)
    assert kill.image == "repo/main:1"


def test_on_fargate_the_size_of_its_only_container_is_its_tasks() -> None:
    (kill,) = assess(job_event(OOM, platformCapabilities=["FARGATE"]), NOW).kills
    assert (kill.limits, kill.launch_type) == (Limits(task_mib=4096), "FARGATE")


def test_a_kill_names_the_job_whose_attempt_it_was() -> None:
    (kill,) = assess(job_event(OOM), NOW).kills
    assert job_arn(kill) == job_event()["detail"]["jobArn"]
    assert is_told_by_batch(kill)
    (bare,) = assess(OOM, NOW).kills
    assert (job_arn(bare), is_told_by_batch(bare)) == ("", False)


def test_attempts_without_a_task_are_told_apart() -> None:
    event = job_event(attempt("", exitCode=137, reason=OOM_TEXT), attempt("", exitCode=137, reason=OOM_TEXT))
    first, second = (kill.task_arn for kill in assess(event, NOW).kills)
    assert first != second
    assert "job/77777777" in first


@pytest.mark.parametrize(
    ("requirements", "limit"),
    [
        pytest.param({"memory": 3000}, 3000, id="the older field"),
        pytest.param(
            {"memory": 3000, "resourceRequirements": [{"type": "MEMORY", "value": "x"}]}, 3000, id="garbage"
        ),
        pytest.param({"resourceRequirements": {"type": "MEMORY", "value": "5"}}, 5, id="no list"),
        pytest.param({}, None, id="nothing told"),
    ],
)
def test_memory_of_a_job(requirements: dict[str, Any], limit: int | None) -> None:
    (kill,) = assess(job_event(OOM, container=requirements), NOW).kills
    assert kill.limits.container_mib == limit


def test_the_answer_of_describe_jobs_is_read_too() -> None:
    described = job_event(OOM)["detail"]
    assert [kill.task_arn for kill in assess({"jobs": [described]}, NOW).kills] == [BATCH_TASK]


def test_a_bare_attempt_is_read_too() -> None:
    assert assess(OOM, NOW).verdict is Verdict.OOM
