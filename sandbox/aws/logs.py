"""Logs: CloudWatch Logs' groups and streams, and who writes into them."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.aws.tasks import Container, Task
from sandbox.clock import Clock

LINES_KEPT = 500


@dataclass(frozen=True)
class Line:
    """One log event."""

    at_ms: int
    message: str


class Logs:
    """Streams by group and name; a group exists once it has a stream."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.groups: dict[str, dict[str, deque[Line]]] = {}

    def write(self, group: str, stream: str, message: str) -> None:
        """Append one line."""
        lines = self.groups.setdefault(group, {}).setdefault(stream, deque(maxlen=LINES_KEPT))
        lines.append(Line(int(self._clock.time() * 1000), message))

    def say(self, task: Task, container: Container, message: str) -> None:
        """A container writes where its awslogs configuration sends it; without one nowhere."""
        described = {one["name"]: one for one in task.definition["containerDefinitions"]}[container.name]
        options: dict[str, Any] = described.get("logConfiguration", {}).get("options", {})
        if group := options.get("awslogs-group"):
            prefix = options.get("awslogs-stream-prefix")
            stream = f"{prefix}/{container.name}/{task.id}" if prefix else container.runtime_id
            self.write(group, stream, message)
