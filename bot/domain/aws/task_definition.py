"""Task definitions: the parts of one revision that decide about memory. Secret values never get this far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

KNOB_VARIABLES = frozenset(
    {
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "_JAVA_OPTIONS",
        "JAVA_OPTS",
        "CATALINA_OPTS",
        "ES_JAVA_OPTS",
        "OPENSEARCH_JAVA_OPTS",
        "NODE_OPTIONS",
        "GOMEMLIMIT",
        "GOGC",
        "DOTNET_GCHeapHardLimit",
        "DOTNET_GCHeapHardLimitPercent",
        "COMPlus_GCHeapHardLimit",
        "COMPlus_GCHeapHardLimitPercent",
        "GUNICORN_CMD_ARGS",
        "WEB_CONCURRENCY",
        "CELERYD_CONCURRENCY",
        "PHP_MEMORY_LIMIT",
        "REDIS_ARGS",
        "MALLOC_ARENA_MAX",
    }
)
"""Environment variables whose values set memory. Of all others only the names are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRoute:
    """Where a container's output goes; `group`, `region` and `stream_prefix` are of the awslogs driver only."""

    driver: str
    group: str = ""
    region: str = ""
    stream_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a revision. Sizes in MiB, None where the revision sets none.

    `knobs` holds the values of KNOB_VARIABLES only; `variables` the names of all environment variables and secrets.
    `command` and `entry_point` may hold secrets: look for knobs in them, never show them whole.
    """

    name: str
    image: str = ""
    is_essential: bool = True
    memory_mib: int | None = None
    reservation_mib: int | None = None
    command: tuple[str, ...] = field(default=(), repr=False)
    entry_point: tuple[str, ...] = field(default=(), repr=False)
    knobs: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: frozenset[str] = frozenset()
    shared_memory_mib: int | None = None
    tmpfs_mib: int | None = None
    max_swap_mib: int | None = None
    restarts: bool = False  # it has a restart policy: some of its deaths make no event
    log: LogRoute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """One revision. `cpu` in CPU units (1024 are a vCPU), `memory_mib` of the whole task; None where unset."""

    arn: str
    family: str
    revision: int
    containers: tuple[Container, ...]
    cpu: int | None = None
    memory_mib: int | None = None
    is_fargate: bool = False
    is_windows: bool = False
    is_arm: bool = False
    registered_at: datetime | None = None
    registered_by: str = ""
    tags: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # of a job definition, by lower-case key

    def container(self, name: str) -> Container | None:
        """The container of that name; None where there is none (injected ones are in no revision)."""
        return next((one for one in self.containers if one.name == name), None)
