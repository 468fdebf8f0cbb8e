"""Evidence: what an investigation collected on an incident, and what it could not look at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.series import Series
from bot.domain.kills.death import Death


class Source(StrEnum):
    """What evidence is collected from, in the words that a person reads."""

    DEFINITION = "task definition"
    JOB_DEFINITION = "job definition"
    JOB = "batch job"
    PREVIOUS = "previous revision"
    SERIES = "memory history"
    LOGS = "container log"
    IMAGES = "image tag"
    SERVICE = "service"
    HOST = "container instance"
    SCALING = "autoscaling"
    OWNER = "infrastructure as code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A source that told nothing, and why. `permission` is the IAM action that is missing, "" where none is."""

    source: Source
    why: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a container's log, cut and with secrets masked."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageState:
    """What ran against what its tag means now. `tag_digest` is "" where the registry could not tell.

    `is_gone`: the registry has no such tag any more, so that no new task can pull it.
    """

    image: str
    running_digest: str
    tag_digest: str = ""
    has_moved: bool | None = None  # the tag means other code now; None: unknown
    why: str = ""
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """The service at the time of the investigation."""

    desired_count: int
    running_count: int
    task_definition_arn: str
    deployed_at: datetime | None = None  # of the revision that died
    is_deploying: bool = False
    controller: str = "ECS"
    can_exec: bool = False  # ECS Exec is enabled
    living_task_arn: str = ""  # a running task of it, for a look inside
    scales_on_memory: bool | None = None  # None: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """The Batch job at the time of the investigation.

    `attempt` is the number of the one that died, 0 where Batch does not tell; `most_attempts` that it may have.
    """

    status: str
    attempt: int = 0
    most_attempts: int = 1

    @property
    def is_over(self) -> bool:
        """Whether no further attempt follows."""
        return self.status in {"FAILED", "SUCCEEDED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The container instance that the dead task ran on; MiB. What is `largest_` is over the cluster's instances."""

    instance_id: str
    registered_mib: int
    remaining_mib: int
    largest_free_mib: int | None = None
    largest_registered_mib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was found on one incident. None and () mean: not known; `gaps` then says why."""

    collected_at: datetime
    deaths: tuple[Death, ...]  # of the incident, the examined one first; never empty
    definition: TaskDefinition | None = None
    previous: TaskDefinition | None = None
    series: Series | None = None  # of the examined death
    earlier: tuple[Series, ...] = ()  # earlier lives of the same container, newest first
    others: tuple[Series, ...] = ()  # the other containers of the dead task
    log_lines: tuple[LogLine, ...] = ()  # the last ones, oldest first
    image: ImageState | None = None
    service: ServiceState | None = None
    job: JobState | None = None
    host: Host | None = None
    owner: str = (
        ""  # who manages it as code, in words: "CloudFormation stack shop-prod"; "" where nothing hints
    )
    gaps: tuple[Gap, ...] = ()

    @property
    def death(self) -> Death:
        """The one that is examined: the newest of the gravest verdict."""
        return self.deaths[0]
