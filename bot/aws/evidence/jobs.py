"""Jobs: what Batch tells of the job whose attempt died: which of its attempts it was, and where its lines are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.aws.evidence.site import Site
from bot.domain.aws.arn import Arn
from bot.domain.diagnosis.evidence import JobState
from bot.domain.kills.batch_job import SOLE_CONTAINER
from bot.domain.kills.death import Death

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One job as DescribeJobs tells it, with what its environment says: never to be shown."""

    told: Json = field(repr=False)

    def state(self, death: Death) -> JobState:
        """How the job stands, seen from one of its deaths."""
        attempts = [[str(task.get("taskArn", "")) for task in _tasks_of(one)] for one in self._attempts()]
        number = next((at for at, arns in enumerate(attempts, start=1) if death.task_arn in arns), 0)
        return JobState(
            status=str(self.told.get("status", "")),
            attempt=number,
            most_attempts=int((self.told.get("retryStrategy") or {}).get("attempts") or 1),
        )

    def stream(self, death: Death) -> str:
        """The log stream of the container that died; "" where Batch does not tell."""
        for source in (*self._attempts(), self.told):
            for task in _tasks_of(source):
                if task.get("taskArn") == death.task_arn:
                    return next(_streams(task, death.container), "")
        return ""

    def _attempts(self) -> tuple[Json, ...]:
        return tuple(self.told.get("attempts") or ())


async def look(site: Site, arn: str) -> Job | None:
    """The job; None where Batch has forgotten it. Raises an AwsTrouble."""
    answer = await site.ask("batch", "describe_jobs", jobs=[Arn.parse(arn).name])
    return next((Job(one) for one in answer.get("jobs", ())), None)


def _tasks_of(source: Json) -> tuple[Json, ...]:
    """Of an attempt or of the job itself: of one container, or of several."""
    several = source.get("taskProperties") or (source.get("ecsProperties") or {}).get("taskProperties")
    return tuple(several or filter(None, [source.get("container")]))


def _streams(task: Json, container: str) -> Iterator[str]:
    for one in task.get("containers") or [{**task, "name": SOLE_CONTAINER}]:
        if one.get("name") == container and one.get("logStreamName"):
            yield str(one["logStreamName"])
