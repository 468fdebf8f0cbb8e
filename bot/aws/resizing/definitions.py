"""Revisions as AWS describes them: with their tags, and with the names of fields that botocore does not know."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import ServiceModel

from bot.aws.evidence.site import Site
from bot.aws.models import loader
from bot.aws.trouble import Rejected
from bot.aws.unknown_fields import UNKNOWN
from bot.domain.aws.arn import Arn

_NOT_THERE = {"ClientException", "InvalidParameterException"}
_MOST_LISTED = 50

Described = Mapping[str, Any]


async def describe(site: Site, arn: str) -> Described:
    """DescribeTaskDefinition's answer with its tags. Raises an AwsTrouble.

    A field that botocore does not know stands in it by its path and without its value, for
    `bot.domain.plan.revision` to stop at.
    """
    answer = await site.ask("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
    strange = {path.removeprefix("taskDefinition."): None for path in answer.get(UNKNOWN, ())}
    return {"taskDefinition": {**answer["taskDefinition"], **strange}, "tags": list(answer.get("tags", ()))}


async def describe_if_there(site: Site, arn: str) -> Described | None:
    """The same; None where ECS does not know the revision (yet, or any more). Raises an AwsTrouble."""
    try:
        return await describe(site, arn)
    except Rejected as trouble:
        if trouble.code in _NOT_THERE:
            return None
        raise


async def active(site: Site, family: str, *, above: int = 0) -> list[str]:
    """ARNs of the family's newest ACTIVE revisions with higher numbers, newest first. Raises an AwsTrouble."""
    answer = await site.ask(
        "ecs",
        "list_task_definitions",
        familyPrefix=family,
        status="ACTIVE",
        sort="DESC",
        maxResults=_MOST_LISTED,
    )
    listed = [str(one) for one in answer.get("taskDefinitionArns", ())]
    mine = [one for one in listed if Arn.parse(one).name == family]
    return [one for one in mine if (Arn.parse(one).revision or 0) > above]


@cache
def accepted(service: str, operation: str) -> frozenset[str]:
    """The members of an operation's request, by the model of the botocore that is installed."""
    model = ServiceModel(loader().load_service_model(service, "service-2"))
    shape: Any = model.operation_model(operation).input_shape
    return frozenset(shape.members)


def accepted_by_ecs() -> frozenset[str]:
    """The members of RegisterTaskDefinition's request."""
    return accepted("ecs", "RegisterTaskDefinition")
