"""Batch: jobs that ran out of memory, as events and DescribeJobs tell of them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import ACCOUNT, REGION, arn, new_id
from sandbox.aws.chores import Chores
from sandbox.aws.ecs_events import Event, event
from sandbox.aws.logs import Logs
from sandbox.aws.tasks import OOM_REASON
from sandbox.clock import Pace

Job = dict[str, Any]
_LOG_GROUP = "/aws/batch/job"
_ENDED = "Essential container in task exited"


class Batch:
    """Jobs by id, and the API about them."""

    def __init__(self, logs: Logs, pace: Pace, emit: Callable[[Event], None]) -> None:
        """`emit` takes the event of each job that was submitted here; what jobs write goes to `logs`."""
        self._clock = logs.clock
        self._logs = logs
        self._pace = pace
        self._emit = emit
        self.chores = Chores()
        self.jobs: dict[str, Job] = {}

    def operations(self) -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """Operation name → function."""
        return {"DescribeJobs": self._describe}

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"jobs": [self.jobs[one] for one in asked["jobs"] if one in self.jobs]}

    def submit(self, name: str, definition: Job, sizes: dict[str, str], *, needs_mib: int) -> Job:
        """A job that runs for a minute of life; it dies if its memory is less than it needs."""
        now, job_id = self._clock.now(), str(uuid4())
        resources = [{"type": kind, "value": value} for kind, value in sizes.items()]
        job: Job = {
            "jobArn": arn("batch", f"job/{job_id}"),
            "jobName": name,
            "jobId": job_id,
            "jobQueue": arn("batch", "job-queue/genomics"),
            "status": "SUBMITTED",
            "attempts": [],
            "createdAt": _ms(now),
            "startedAt": _ms(now),
            "dependsOn": [],
            "jobDefinition": definition["jobDefinitionArn"],
            "parameters": {},
            "container": {
                "image": definition["containerProperties"]["image"],
                "resourceRequirements": resources,
            },
            "platformCapabilities": definition.get("platformCapabilities", ["EC2"]),
        }
        self.jobs[job_id] = job
        self.chores.begin(self._running(job, enough=int(sizes["MEMORY"]) >= needs_mib))
        return job

    async def _running(self, job: Job, *, enough: bool) -> None:
        """RUNNING, then SUCCEEDED or FAILED; each is an event, the submission itself is none."""
        await self._pace.live(5)
        job |= {"status": "RUNNING", "startedAt": _ms(self._clock.now())}
        self._emit(job_changed(dict(job), self._clock.now()))
        await self._pace.live(60)
        name = job["jobDefinition"].rpartition("/")[2].partition(":")[0]
        end = _end(name, job["jobId"]) | ({"exitCode": 0} if enough else {})
        if enough:
            del end["reason"]
        now = self._clock.now()
        self._say(end, now - timedelta(seconds=60), enough=enough)
        attempt = {
            "container": end,
            "startedAt": job["startedAt"],
            "stoppedAt": _ms(now),
            "statusReason": _ENDED,
        }
        job |= {"status": "SUCCEEDED" if enough else "FAILED", "statusReason": _ENDED, "stoppedAt": _ms(now)}
        job |= {"attempts": [attempt], "container": job["container"] | end}
        self._emit(job_changed(dict(job), now))

    def fail(self, name: str, memory_mib: int) -> Job:
        """A job that ran for an hour and died of its limit."""
        now, job_id = self._clock.now(), str(uuid4())
        started = _ms(now - timedelta(hours=1))
        end = _end(name, job_id)
        self._say(end, now - timedelta(hours=1), enough=False)
        resources = [{"type": "MEMORY", "value": str(memory_mib)}, {"type": "VCPU", "value": "2"}]
        image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}:latest"
        job = {
            "jobArn": arn("batch", f"job/{job_id}"),
            "jobName": f"{name}-{now:%Y%m%d}",
            "jobId": job_id,
            "jobQueue": arn("batch", "job-queue/genomics"),
            "status": "FAILED",
            "statusReason": _ENDED,
            "attempts": [
                {"container": end, "startedAt": started, "stoppedAt": _ms(now), "statusReason": _ENDED}
            ],
            "createdAt": started - 60_000,
            "startedAt": started,
            "stoppedAt": _ms(now),
            "retryStrategy": {"attempts": 1, "evaluateOnExit": []},
            "dependsOn": [],
            "jobDefinition": arn("batch", f"job-definition/{name}:7"),
            "parameters": {},
            "container": end | {"image": image, "command": [], "resourceRequirements": resources},
            "platformCapabilities": ["EC2"],
        }
        self.jobs[job_id] = job
        return job

    def _say(self, end: Job, began: datetime, *, enough: bool) -> None:
        """What the job wrote; one that is killed has no last word."""
        lines = ["[align] reading the reference", "[align] building the index in memory"]
        for number, line in enumerate([*lines, "[align] done"] if enough else lines):
            self._logs.write(_LOG_GROUP, end["logStreamName"], line, began + timedelta(seconds=20 * number))


def _end(name: str, job_id: str) -> Job:
    return {
        "exitCode": 137,
        "reason": OOM_REASON,
        "taskArn": arn("ecs", f"task/AWSBatch-genomics-{job_id[:8]}/{new_id()}"),
        "logStreamName": f"{name}/default/{new_id()}",
    }


def job_changed(job: Job, now: datetime) -> Event:
    """The "Batch Job State Change" of a job."""
    return event("Batch Job State Change", job["jobArn"], job, now, source="aws.batch")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
