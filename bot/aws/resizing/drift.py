"""Drift: whether a deployment would ship other code than what runs, looked at once more before a resize begins."""

import asyncio

from bot.aws.evidence import definition_reading, images
from bot.aws.evidence.site import Site
from bot.aws.resizing import definitions, running
from bot.aws.trouble import Forbidden, Rejected
from bot.domain.ending import old_arn
from bot.domain.resize import Resize


async def of(site: Site, resize: Resize) -> tuple[str, ...]:
    """The containers that the plan does not pin and whose tags mean other code than what runs, as far as ECR tells.

    Raises an AwsTrouble that passes; one that stays is as it was when the plan was made, which told so.
    """
    subject, change = resize.spec.plan.target.subject, resize.spec.plan.change
    pinned = {one.name for one in change.containers if one.image} if change else set()
    try:
        described = await definitions.describe(site, old_arn(resize))
        definition = definition_reading.read(described["taskDefinition"])
        run = await running.of(site, subject.cluster, definition, subject.name)
        loose = [one for one in definition.containers if one.name not in pinned and run.digests.get(one.name)]
        found = await asyncio.gather(*(images.state(site, one.image, run.digests[one.name]) for one in loose))
    except (Forbidden, Rejected):
        return ()
    return tuple(one.name for one, state in zip(loose, found, strict=True) if state.has_moved)
