"""Batch: jobs that run in attempts until they have enough memory or no attempt is left, as events and DescribeJobs tell."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import arn
from sandbox.aws.chores import Chores
from sandbox.aws.ecs_events import Event, event
from sandbox.aws.errors import AwsError
from sandbox.aws.job_attempts import Attempts, Job, ms, task_of
from sandbox.aws.logs import Logs
from sandbox.clock import Pace

_QUEUE = arn("batch", "job-queue/genomics")
_MOST_ASKED = 100


class Batch:
    """Jobs by id, and the API about them."""

    def __init__(self, logs: Logs, pace: Pace, emit: Callable[[Event], None]) -> None:
        """`emit` takes the event of each job that was submitted here; what jobs write goes to `logs`."""
        self._clock = logs.clock
        self._attempts = Attempts(logs)
        self._pace = pace
        self._emit = emit
        self.chores = Chores()
        self.jobs: dict[str, Job] = {}

    def operations(self) -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """Operation name → function."""
        return {"DescribeJobs": self._describe}

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """By their ids; of what Batch has forgotten or never knew it says nothing."""
        if len(asked["jobs"]) > _MOST_ASKED:
            raise AwsError("ClientException", "Request cannot describe more than 100 jobs.")
        return {"jobs": [self.jobs[one] for one in asked["jobs"] if one in self.jobs]}

    def submit(self, name: str, definition: Job, *, needs_mib: int) -> Job:
        """A job whose every attempt runs for a minute of life; it dies if its memory is less than it needs.

        `definition` is a revision, with what SubmitJob overrides.
        """
        job = self._new(name, definition)
        self.chores.begin(self._running(job, needs_mib))
        return job

    async def _running(self, job: Job, needs_mib: int) -> None:
        """RUNNING, then SUCCEEDED, FAILED or RUNNABLE again; each is an event, the submission itself is none."""
        while job["status"] in {"SUBMITTED", "RUNNABLE"}:
            await self._pace.live(5)
            began = self._clock.now()
            job |= {"status": "RUNNING", "startedAt": ms(began)}
            self._emit(job_changed(dict(job), began))
            await self._pace.live(60)
            self._attempts.end(job, began, self._clock.now(), needs_mib=needs_mib)
            self._emit(job_changed(dict(job), self._clock.now()))

    def fail(self, definition: Job, *, attempts: int = 1, memory_mib: int | None = None) -> Job:
        """A job of which so many attempts ran for an hour each and died of their limit, one after the other.

        `memory_mib`: what it was submitted with, where that is not what its definition says.
        """
        now = self._clock.now()
        job = self._new(f"{definition['jobDefinitionName']}-{now:%Y%m%d}", definition)
        if memory_mib is not None:
            [memory] = [one for one in task_of(job)["resourceRequirements"] if one["type"] == "MEMORY"]
            memory["value"] = str(memory_mib)
        began = now - timedelta(hours=attempts)
        job |= {"createdAt": ms(began) - 60_000, "startedAt": ms(began)}
        for number in range(attempts):
            end = began + timedelta(hours=number + 1)
            self._attempts.end(job, end - timedelta(hours=1), end)
        return job

    def _new(self, name: str, definition: Job) -> Job:
        job_id = str(uuid4())
        job = self._attempts.begun(definition) | {
            "jobArn": arn("batch", f"job/{job_id}"),
            "jobName": name,
            "jobId": job_id,
            "jobQueue": _QUEUE,
            "status": "SUBMITTED",
            "createdAt": ms(self._clock.now()),
            "startedAt": ms(self._clock.now()),
        }
        self.jobs[job_id] = job
        return job


def job_changed(job: Job, now: datetime) -> Event:
    """The "Batch Job State Change" of a job."""
    return event("Batch Job State Change", job["jobArn"], job, now, source="aws.batch")
