"""ARNs: what an Amazon Resource Name says of its resource, read leniently."""

import re
from dataclasses import dataclass
from typing import Self

LONGEST = 512  # characters; the longest names that ECS and Batch allow make fewer than 450
PATTERN = re.compile(
    r"arn:(?P<partition>[a-z0-9-]*):(?P<service>[a-z0-9-]*):(?P<region>[a-z0-9-]*):(?P<account>[a-z0-9-]*):"
    r"(?P<resource>\S+)",
    re.ASCII | re.IGNORECASE,
)
BORDER = re.compile(r"[/:]")
REVISION = re.compile(r":\d+$")
IN_A_CLUSTER = {
    "task",
    "service",
    "container-instance",
    "container",
    "service-deployment",
    "service-revision",
}


@dataclass(frozen=True, slots=True)
class Arn:
    """arn:partition:service:region:account:resource; every part is "" where the text was no ARN."""

    partition: str = ""
    service: str = ""
    region: str = ""
    account: str = ""
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The parts of the ARN; the empty ARN where `text` is none. Never raises."""
        found = PATTERN.fullmatch(text.strip()) if len(text) <= LONGEST else None
        return cls(*found.groups()) if found else cls()

    def __bool__(self) -> bool:
        """Whether the text was an ARN at all."""
        return bool(self.resource)

    @property
    def kind(self) -> str:
        """The type of the resource: task, service, task-definition, job-definition, alarm, …; "" without one."""
        head, separator, _ = self._split()
        return head if separator else ""

    @property
    def name(self) -> str:
        """The last part without a revision: a cluster, service, family, job definition or queue name, a task id."""
        last = self._last()
        return REVISION.sub("", last) if self.kind in {"task-definition", "job-definition"} else last

    @property
    def cluster(self) -> str:
        """The cluster's name where the ARN tells it; old short ARNs (task/<uuid>, service/<name>) do not."""
        if self.service != "ecs":
            return ""
        if self.kind == "cluster":
            return self.name
        parts = self.resource.split("/")
        return parts[1] if self.kind in IN_A_CLUSTER and len(parts) > 2 else ""

    @property
    def revision(self) -> int | None:
        """The revision of a task definition or job definition; None where the ARN names none."""
        if self.kind not in {"task-definition", "job-definition"}:
            return None
        _, separator, number = self._last().rpartition(":")
        return (
            int(number) if separator and number.isascii() and number.isdigit() and len(number) < 10 else None
        )

    @property
    def is_task(self) -> bool:
        """Whether this is the ARN of an ECS task."""
        return self.service == "ecs" and self.kind == "task" and bool(self.name)

    def _split(self) -> tuple[str, str, str]:
        at = BORDER.search(self.resource)
        if at is None:
            return self.resource, "", ""
        return self.resource[: at.start()], at[0], self.resource[at.end() :]

    def _last(self) -> str:
        _, separator, rest = self._split()
        return rest.rpartition("/")[2] if separator else self.resource
