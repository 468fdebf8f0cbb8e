"""Drift: whether a deployment would ship other code than what runs, looked at once more before one begins."""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.aws.evidence import definition_reading, images
from bot.aws.evidence.site import Site
from bot.aws.resizing import definitions, running
from bot.aws.trouble import Forbidden, Rejected
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import ImageState
from bot.domain.resize.ending import old_arn
from bot.domain.resize.resize import Resize


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Containers that the old revision would give other code than what runs now, or none; and those of which nobody knows.

    Of an image outside of ECR nobody knows what its tag means now.
    """

    other: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


async def of(site: Site, resize: Resize) -> tuple[str, ...]:
    """The containers that the plan does not pin and whose tags mean other code than what runs, as far as ECR tells.

    Raises an AwsTrouble that passes; one that stays is as it was when the plan was made, which told so.
    """
    change = resize.spec.plan.change
    pinned = {one.name for one in change.containers if one.image} if change else set()
    try:
        definition = await _definition(site, old_arn(resize))
        digests = await _digests(site, resize, definition)
        found = await _states(site, definition, digests, pinned)
    except (Forbidden, Rejected):
        return ()
    return tuple(name for name, state in found if state.has_moved)


async def of_the_way_back(site: Site, resize: Resize) -> Code:
    """How the old revision's tags stand to what runs now. Raises an AwsTrouble that passes."""
    change = resize.spec.plan.change
    try:
        old, new = await asyncio.gather(
            _definition(site, old_arn(resize)), _definition(site, resize.status.new_revision_arn)
        )
        digests = await _digests(site, resize, new) or await _digests(site, resize, old)
    except (Forbidden, Rejected):
        return Code(unknown=tuple(one.name for one in change.containers) if change else ())
    loose = [one for one in old.containers if "@" not in one.image]
    states = await asyncio.gather(*(_state(site, one.image, digests.get(one.name, "")) for one in loose))
    found = [(one.name, state) for one, state in zip(loose, states, strict=True)]
    return Code(
        other=tuple(name for name, state in found if state and (state.has_moved or state.is_gone)),
        unknown=tuple(
            name for name, state in found if not state or (state.has_moved is None and not state.is_gone)
        ),
    )


async def _state(site: Site, image: str, digest: str) -> ImageState | None:
    """None where it may not be looked at."""
    try:
        return await images.state(site, image, digest)
    except (Forbidden, Rejected):
        return None


async def _definition(site: Site, arn: str) -> TaskDefinition:
    return definition_reading.read((await definitions.describe(site, arn))["taskDefinition"])


async def _digests(site: Site, resize: Resize, definition: TaskDefinition) -> dict[str, str]:
    """By container, of tasks of this revision."""
    subject = resize.spec.plan.target.subject
    return dict((await running.of(site, subject.cluster, definition, subject.name)).digests)


async def _states(
    site: Site, definition: TaskDefinition, digests: dict[str, str], pinned: AbstractSet[str]
) -> list[tuple[str, ImageState]]:
    loose = [one for one in definition.containers if one.name not in pinned and digests.get(one.name)]
    found = await asyncio.gather(*(images.state(site, one.image, digests[one.name]) for one in loose))
    return [(one.name, state) for one, state in zip(loose, found, strict=True)]
