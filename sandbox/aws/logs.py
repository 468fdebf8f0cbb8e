"""Logs: CloudWatch Logs' groups and streams, and who writes into them."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
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
        self.clock = clock
        self.groups: dict[str, dict[str, deque[Line]]] = {}

    def write(self, group: str, stream: str, message: str, at: datetime | None = None) -> None:
        """Add one line, at its place when it is an old one."""
        lines = self.groups.setdefault(group, {}).setdefault(stream, deque(maxlen=LINES_KEPT))
        line = Line(int((at or self.clock.now()).timestamp() * 1000), message)
        lines.append(line)
        if len(lines) > 1 and line.at_ms < lines[-2].at_ms:
            ordered = sorted(lines, key=lambda one: one.at_ms)
            lines.clear()
            lines.extend(ordered)

    def say(self, task: Task, container: Container, message: str, at: datetime | None = None) -> None:
        """A container writes where its awslogs configuration sends it; without one nowhere."""
        described = {one["name"]: one for one in task.definition["containerDefinitions"]}[container.name]
        options: dict[str, Any] = described.get("logConfiguration", {}).get("options", {})
        if group := options.get("awslogs-group"):
            prefix = options.get("awslogs-stream-prefix")
            stream = f"{prefix}/{container.name}/{task.id}" if prefix else container.runtime_id
            self.write(group, stream, message, at)
