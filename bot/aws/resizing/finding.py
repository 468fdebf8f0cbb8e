"""Finding: the revision that a resize registered, though the answer that told its ARN may have been lost."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.aws.evidence.site import Site
from bot.aws.resizing import definitions, job_definitions, tags
from bot.domain.aws.arn import Arn
from bot.domain.plan import revision
from bot.domain.plan.plan import Change, TargetKind
from bot.domain.resize.ending import old_arn
from bot.domain.resize.observation import Found
from bot.domain.resize.resize import Resize
from bot.domain.telling.language import say

_SKEW = timedelta(minutes=1)  # between AWS's clock and ours

Json = Mapping[str, Any]


async def found(site: Site, resize: Resize) -> Found | None:
    """The described new revision, or the oldest that an earlier attempt may have registered. Raises an AwsTrouble."""
    change = resize.spec.plan.change
    if change is None or resize.status.began_at is None:
        return None
    if resize.spec.plan.target.kind is TargetKind.JOB:
        return await _found_job(site, resize, change)
    new, old = resize.status.new_revision_arn, await definitions.describe(site, old_arn(resize))
    if new:
        described = await definitions.describe_if_there(site, new)
        return None if described is None else Found(arn=new, differences=_differences(old, described, change))
    arn = Arn.parse(old_arn(resize))
    newer = await definitions.active(site, arn.name, above=arn.revision or 0)
    for candidate in await asyncio.gather(*(definitions.describe(site, one) for one in reversed(newer))):
        differences, mark = _differences(old, candidate, change), _mark(candidate)
        is_unmarked = not mark and not differences and _is_recent(candidate, resize)
        if mark == tags.mark(resize) or is_unmarked:
            return Found(
                arn=str(candidate["taskDefinition"]["taskDefinitionArn"]),
                differences=differences,
            )
    return None


async def _found_job(site: Site, resize: Resize, change: Change) -> Found | None:
    """Batch tells no date: a later revision with exactly the planned content is as good as ours."""
    old = await job_definitions.describe(site, old_arn(resize))
    if old is None:
        return None
    number = Arn.parse(old_arn(resize)).revision or 0
    later = [
        one
        for one in await job_definitions.newest(site, old["jobDefinitionName"])
        if one["revision"] > number
    ]
    for one in reversed(later):
        differences = job_definitions.differences(old, one, change)
        mark = (one.get("tags") or {}).get(tags.RESIZE, "")
        is_ours = tags.mark(resize) == mark or (not mark and not differences)
        if one["jobDefinitionArn"] == resize.status.new_revision_arn or is_ours:
            return Found(arn=str(one["jobDefinitionArn"]), differences=differences)
    return None


def _differences(old: Json, new: Json, change: Change) -> tuple[str, ...]:
    try:
        return revision.differences(old, new, change, accepted=definitions.accepted_by_ecs())
    except revision.CannotRevise as trouble:
        return (say("it cannot be compared: {why}", why=trouble),)


def _mark(described: Json) -> str:
    """Of the resize that made it; the same content may be another one's, too."""
    return next((str(tag["value"]) for tag in described.get("tags", ()) if tag.get("key") == tags.RESIZE), "")


def _is_recent(described: Json, resize: Resize) -> bool:
    at = described["taskDefinition"].get("registeredAt")
    began_at = resize.status.began_at
    return isinstance(at, datetime) and began_at is not None and at.astimezone(UTC) >= began_at - _SKEW
