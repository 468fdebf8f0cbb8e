"""Job attempts: each is an ECS task that ends well or for want of memory; what is told and logged of it."""

import copy
from datetime import datetime, timedelta
from typing import Any

from sandbox.aws.arns import arn, new_id
from sandbox.aws.logs import Logs
from sandbox.aws.tasks import OOM_REASON

Job = dict[str, Any]
CLUSTER = "AWSBatch-genomics-5aeb4ab6-8131-3828-8151"  # made by the compute environment
LOG_GROUP = "/aws/batch/job"
_ENDED = "Essential container in task exited"
_LINES = ("[align] reading the reference", "[align] building the index in memory")
_TOLD_OF_DEFINITION = (
    "retryStrategy",
    "parameters",
    "platformCapabilities",
    "tags",
    "timeout",
    "propagateTags",
)


class Attempts:
    """Ends attempts and writes what they logged."""

    def __init__(self, logs: Logs) -> None:
        """Lines go to `logs`."""
        self._logs = logs

    def begun(self, definition: Job) -> Job:
        """The members of a job that come from its definition."""
        told = {name: copy.deepcopy(definition[name]) for name in _TOLD_OF_DEFINITION if name in definition}
        for name, detail in (("containerProperties", "container"), ("ecsProperties", "ecsProperties")):
            if name in definition:
                told[detail] = copy.deepcopy(definition[name])
        defaults = {"retryStrategy": {"attempts": 1, "evaluateOnExit": []}, "platformCapabilities": ["EC2"]}
        return (
            defaults
            | told
            | {"attempts": [], "dependsOn": [], "jobDefinition": definition["jobDefinitionArn"]}
        )

    def end(self, job: Job, began: datetime, ended: datetime, *, needs_mib: float = float("inf")) -> None:
        """The attempt that began then is over: its first container had enough, or not."""
        task, name = task_of(job), job["jobDefinition"].rpartition("/")[2].partition(":")[0]
        sizes = {one["type"]: one["value"] for one in task.get("resourceRequirements", [])}
        is_enough = int(sizes.get("MEMORY") or task["memory"]) >= needs_mib
        told = self._told(job, name, is_enough=is_enough)
        self._say(task, told, began, is_enough=is_enough)
        attempt = {"startedAt": ms(began), "stoppedAt": ms(ended), "statusReason": _ENDED}
        job["attempts"] = [*job["attempts"], attempt | told]
        is_last = len(job["attempts"]) >= job["retryStrategy"]["attempts"]
        job |= {"status": "SUCCEEDED" if is_enough else "FAILED" if is_last else "RUNNABLE"}
        job |= {"statusReason": _ENDED, "stoppedAt": ms(ended)}
        if "container" in told:
            job["container"] = job["container"] | told["container"]

    def _told(self, job: Job, name: str, *, is_enough: bool) -> Job:
        """What an attempt tells of its task: of one container, or of several, of which the first may die."""
        task_id = new_id()
        of_task: Job = {"taskArn": arn("ecs", f"task/{CLUSTER}/{task_id}")}
        if "EC2" in job["platformCapabilities"]:
            of_task["containerInstanceArn"] = arn("ecs", f"container-instance/{CLUSTER}/{new_id()}")
        end = {"exitCode": 0} if is_enough else {"exitCode": 137, "reason": OOM_REASON}
        if "container" in job:
            return {"container": of_task | _streamed(job["container"], name, "default", task_id) | end}
        [task] = job["ecsProperties"]["taskProperties"]
        containers = [
            {"name": one["name"]} | _streamed(one, name, one["name"], task_id) for one in task["containers"]
        ]
        containers = [one | ({"exitCode": 0} if number else end) for number, one in enumerate(containers)]
        return {"taskProperties": [of_task | {"containers": containers}]}

    def _say(self, container: Job, told: Job, began: datetime, *, is_enough: bool) -> None:
        """What the first container wrote; one that is killed has no last word."""
        end = told["container"] if "container" in told else told["taskProperties"][0]["containers"][0]
        if "logStreamName" not in end:
            return
        group = container.get("logConfiguration", {}).get("options", {}).get("awslogs-group", LOG_GROUP)
        for number, line in enumerate([*_LINES, "[align] done"] if is_enough else _LINES):
            self._logs.write(group, end["logStreamName"], line, began + timedelta(seconds=20 * number))


def task_of(job: Job) -> Job:
    """The properties of its only container, or of the first of several."""
    if "container" in job:
        return job["container"]  # type: ignore[no-any-return]
    return job["ecsProperties"]["taskProperties"][0]["containers"][0]  # type: ignore[no-any-return]


def ms(moment: datetime) -> int:
    """Batch tells times in milliseconds."""
    return int(moment.timestamp() * 1000)


def _streamed(container: Job, definition: str, name: str, task_id: str) -> Job:
    """The stream of a container's lines, where it logs to CloudWatch; Batch names it after the job definition."""
    log = container.get("logConfiguration", {"logDriver": "awslogs"})
    if log["logDriver"] != "awslogs":
        return {}
    prefix = log.get("options", {}).get("awslogs-stream-prefix", definition)
    return {"logStreamName": f"{prefix}/{name}/{task_id}"}
