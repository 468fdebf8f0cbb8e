"""Hindrances: the exact reasons why a resize cannot be carried out, each with what to do instead."""

from collections.abc import Iterator

from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.plan import revision
from bot.domain.plan.fitting import Fitting
from bot.domain.plan.plan import Change, TargetKind
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.sizing import placement
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import sentences
from bot.domain.telling.sentence import begun

_BY_CONTROLLER = {
    "CODE_DEPLOY": mark(
        "CodeDeploy deploys this service (CODE_DEPLOY): ECS does not let anybody else set its task definition. "
        "Nothing was registered. Change the memory where it is deployed from, and deploy."
    ),
    "EXTERNAL": mark(
        "An external controller deploys this service (EXTERNAL) by task sets: ECS does not let anybody else set its "
        "task definition. Nothing was registered. Change the memory there."
    ),
}
_BY_ANOTHER = mark("The controller {controller} deploys this service: change it there.")
_EXPRESS = mark(
    "This is an Express service: ECS manages its task definition. Nothing was registered. "
    "Change its memory with UpdateExpressGatewayService."
)


def of_target(facts: Facts, wish: Wish) -> Iterator[str]:
    """What stands in the way whatever the size: who deploys it, what became of it, what moved meanwhile."""
    name, service = facts.target.subject.name, facts.service
    if facts.is_gone:
        yield say("{name} is no longer there: it was deleted.", name=name)
    yield from facts.forbidden
    if facts.is_express:
        yield say(_EXPRESS)
    elif service is not None and service.controller != "ECS":
        controller = service.controller
        yield say(_BY_CONTROLLER.get(controller, _BY_ANOTHER), controller=controller)
    if not facts.is_active:
        yield say(
            "Revision {revision} of {family} is INACTIVE: ECS takes no change of it. Deploy an active revision first.",
            revision=facts.definition.revision,
            family=facts.definition.family,
        )
    yield from _moved(facts, wish)


def _moved(facts: Facts, wish: Wish) -> Iterator[str]:
    shown, now = wish.expected_revision, facts.definition.arn
    if shown and shown != now:
        words = say(
            "Somebody deployed meanwhile: you saw revision {old}, it runs {new} now.",
            old=_number(shown),
            new=_number(now),
        )
        yield sentences([words, say("Look at the plan again.")])
    if facts.service and facts.service.task_definition_arn not in ("", now):
        running = _number(facts.service.task_definition_arn)
        words = say(
            "The service runs revision {running}, this plan is of {planned}.",
            running=running,
            planned=_number(now),
        )
        yield sentences([words, say("Look at the plan again.")])


def of_change(facts: Facts, fitting: Fitting, change: Change) -> Iterator[str]:
    """What stands in the way of this change: nothing to change, sizes that ECS refuses, a field nobody knows."""
    if not _changes_anything(change):
        yield say("Nothing would change: it has these sizes already.")
        return
    yield from of_sizes(facts, fitting, change)
    if facts.target.kind is not TargetKind.JOB:
        try:
            revision.request(facts.described, change, accepted=facts.accepted, tags=())
        except revision.CannotRevise as error:
            yield say("{sentence}.", sentence=begun(str(error)))


def of_sizes(facts: Facts, fitting: Fitting, change: Change) -> Iterator[str]:
    """Sizes that ECS refuses or never places."""
    yield from _over_the_task(facts.definition, change)
    if facts.definition.is_fargate or facts.target.kind is TargetKind.JOB:
        return
    need_mib = placement.reserved_mib(facts.definition, change.containers[0].name, fitting.layout)
    found = placement.room(max(need_mib, fitting.got_mib), facts.host)
    if found.fits is False:
        advice = say("Use larger instances, or another size.")
        yield sentences([say("No instance is large enough."), found.why, advice])


def _changes_anything(change: Change) -> bool:
    pairs = [change.task_memory_mib, change.cpu]
    for one in change.containers:
        pairs += [
            (one.old_memory_mib, one.new_memory_mib),
            (one.old_reservation_mib, one.new_reservation_mib),
        ]
    return any(old != new for old, new in pairs) or bool(change.knobs)


def _over_the_task(definition: TaskDefinition, change: Change) -> Iterator[str]:
    """What ECS refuses: a container above its task, or reservations that add up to more than it."""
    task_mib = change.task_memory_mib[1]
    if task_mib is None:
        return
    changed = {one.name: one for one in change.containers}
    reserved_mib = 0
    for one in definition.containers:
        new = changed.get(one.name)
        hard = new.new_memory_mib if new else one.memory_mib
        soft = new.new_reservation_mib if new else one.reservation_mib
        reserved_mib += soft or hard or 0
        if hard and hard > task_mib:
            yield say(
                "Container {name} may use {hard:,} MiB: the task cannot be smaller than that ({task:,} MiB).",
                name=one.name,
                hard=hard,
                task=task_mib,
            )
    if reserved_mib > task_mib:
        yield say(
            "The containers reserve {reserved:,} MiB together, the task would have {task:,} MiB.",
            reserved=reserved_mib,
            task=task_mib,
        )


def _number(arn: str) -> str:
    number = Arn.parse(arn).revision
    return arn if number is None else str(number)
