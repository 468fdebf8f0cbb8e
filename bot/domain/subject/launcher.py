"""Launchers: who or what started a task, in words."""

import re

from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import mark, say

CUT_AT = 36  # ECS keeps this many characters of startedBy, and so cuts the names of schedules
PREFIXES = {
    "events-rule/": mark("EventBridge rule {name}"),
    "chronos-schedule/": mark("EventBridge schedule {name}"),
}
_BATCH_CLUSTER = re.compile(r"AWSBatch-|.+_Batch_[0-9a-f]{8}")


def launched_by(key: GroupKey, started_by: str) -> str:
    """Who started it, "" where nothing tells; `started_by` as ECS has it, "" where it has none."""
    if key.kind is OwnerKind.JOB or is_batch_cluster(key.cluster):
        return say("AWS Batch job")
    if key.kind is OwnerKind.SERVICE:
        return say("service {name}", name=key.name)
    return _from_started_by(started_by) or ("" if key.kind is OwnerKind.TASK else say("standalone task"))


def is_batch_cluster(name: str) -> bool:
    """Whether a compute environment of AWS Batch made the ECS cluster of this name."""
    return _BATCH_CLUSTER.match(name) is not None


def _from_started_by(started_by: str) -> str:
    for prefix, words in PREFIXES.items():
        if started_by.startswith(prefix):
            name = started_by.removeprefix(prefix)
            return say(
                words, name=say("{name}… (name cut by ECS)", name=name) if len(started_by) >= CUT_AT else name
            )
    if started_by == "AWS Step Functions":
        return "Step Functions"
    if not started_by or started_by.startswith("ecs-svc/"):
        return ""
    return say("standalone task, started by {who}", who=started_by)
