"""Peeks: the exact command that shows the memory, process by process, of a living sibling of a dead task."""

import re
import shlex

from bot.domain.aws.arn import Arn
from bot.domain.diagnosis.evidence import Evidence

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+){1,3}-\d{1,2}", re.ASCII)
TASK_ID = re.compile(r"[0-9a-f-]{32,36}", re.ASCII)
# No ps: slim images have none. This needs a shell and any grep, busybox's too, and neither pipes nor inner quotes.
BY_PROCESS = 'sh -c "grep -e ^Name: -e ^VmRSS: /proc/[0-9]*/status"'


def exec_command(evidence: Evidence) -> str:
    """The command for a person's own shell; "" where ECS Exec is off, nothing of it lives, or a name is strange."""
    service, container = evidence.service, evidence.death.container
    is_windows = evidence.definition is not None and evidence.definition.is_windows
    if service is None or not service.can_exec or is_windows:
        return ""
    arn = Arn.parse(service.living_task_arn)
    cluster = arn.cluster or evidence.death.group_key.cluster
    is_known = arn.is_task and TASK_ID.fullmatch(arn.name) and REGION.fullmatch(arn.region)
    if not (is_known and NAME.fullmatch(cluster) and NAME.fullmatch(container)):
        return ""
    return shlex.join(
        [
            *("aws", "ecs", "execute-command", "--region", arn.region, "--cluster", cluster),
            *("--task", arn.name, "--container", container, "--interactive", "--command", BY_PROCESS),
        ]
    )
