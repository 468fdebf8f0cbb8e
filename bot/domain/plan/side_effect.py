"""Side effects: what else a resize does, and what undoes or hinders it: a note each."""

from collections.abc import Collection, Iterator

from bot.domain.plan import iac, pinning
from bot.domain.plan.fitting import Fitting
from bot.domain.plan.plan import Change, Note, Severity, TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.sizing import placement
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas, sentences


def notes(facts: Facts, fitting: Fitting, change: Change) -> Iterator[Note]:
    """All of them, of one change."""
    yield from _of_cpu(change)
    yield from _of_images(facts, change)
    yield from _of_family(facts)
    yield from _of_service(facts, fitting)
    yield from _of_room(facts, fitting, change)
    yield from _of_runs(facts, change)
    if not facts.names_asker:
        yield _info(
            "unnamed", say("CloudTrail will show this as the bot's change, not as yours: it assumes no role.")
        )
    if facts.owner:
        words = say(
            "{owner} manages it: the next deployment from there puts the old memory back. Change it there too.",
            owner=facts.owner,
        )
        is_job = facts.target.kind is TargetKind.JOB  # its properties have other names
        yield _warning("owner", words, paste="" if is_job else iac.lines(change, facts.owner))


def _of_cpu(change: Change) -> Iterator[Note]:
    old, new = change.cpu
    if old is not None and new is not None and new > old:
        words = say(
            "CPU rises from {old:g} to {new:g} vCPU and has to be paid: Fargate sells {mib:,} MiB only with it.",
            old=old / 1024,
            new=new / 1024,
            mib=change.task_memory_mib[1],
        )
        yield Note(rule="cpu.raised", severity=Severity.DANGER, words=words)


def _of_images(facts: Facts, change: Change) -> Iterator[Note]:
    pinned = {one.name: one.image for one in change.containers if one.image}
    if pinned:
        words = say(
            "Pinned to the digest that runs: {names}. "
            "A later push of the tag takes no effect until it is deployed from your code again.",
            names=commas(pinned),
        )
        yield _info("image.pinned", words)
    if facts.target.kind is not TargetKind.SERVICE:
        return  # each run asks for its tag anew, resized or not
    for name in pinning.shipped(facts, change):
        words = say(
            "The tag {image} of {name} means other code now: the resize ships that code, too.",
            image=facts.images[name].image,
            name=name,
        )
        yield _warning("image.moved", sentences([words, _way_out(facts, name)]))
    yield from _of_tags(facts, pinned)


def _of_tags(facts: Facts, pinned: Collection[str]) -> Iterator[Note]:
    """Tags that are gone, and those of which nobody knows what they mean now."""
    for name, state in facts.images.items():
        if state.is_gone and name not in pinned:
            words = say(
                "The tag {image} of {name} is no longer in the registry: no new task could start.",
                image=state.image,
                name=name,
            )
            words = sentences([words, _way_out(facts, name)])
            yield Note(rule="image.gone", severity=Severity.DANGER, words=words)
        elif state.has_moved is None and state.why and name not in pinned:
            words = say("{what}: {told}.", what=name, told=state.why)
            words = sentences([words, say("Whether the resize ships other code is not known.")])
            yield _info("image.unknown", words)


def _way_out(facts: Facts, name: str) -> str:
    container = facts.definition.container(name)
    if container is not None and pinning.pinned(facts, container):
        return say("Pin the image to keep what runs.")
    return say("The digest that runs was not found in the registry, so it cannot be pinned.")


def _of_family(facts: Facts) -> Iterator[Note]:
    if facts.unpinned:
        words = say(
            "Others name {family} without a revision and take the new one at once: {users}.",
            family=facts.definition.family,
            users=_listed(facts.unpinned),
        )
        yield _warning("family.unpinned", words)


def _of_service(facts: Facts, fitting: Fitting) -> Iterator[Note]:
    service = facts.service
    if service is None:
        return
    if service.is_deploying:
        told = facts.deployment_words or say("A deployment is under way")
        words = say("{what}: the resize waits for its end.", what=told.rstrip(".。"))
        yield _warning("deploying", words)
    if service.scales_on_memory:
        yield _warning("scales_on_memory", _scaled(is_smaller=fitting.got_mib < fitting.aim.mib))
    if not service.desired_count:
        yield _info(
            "no_tasks", say("The service wants no task now: nothing will show whether the size is enough.")
        )


def _scaled(*, is_smaller: bool) -> str:
    if is_smaller:
        return say(
            "Autoscaling follows memory: with less per task its figure rises, and tasks are scaled out. "
            "Look at the policy's target."
        )
    return say(
        "Autoscaling follows memory: with more per task its figure falls, and tasks are scaled in. "
        "Look at the policy's target."
    )


def _of_room(facts: Facts, fitting: Fitting, change: Change) -> Iterator[Note]:
    if facts.definition.is_fargate or facts.target.kind is TargetKind.JOB:
        return
    found = placement.room(
        placement.reserved_mib(facts.definition, change.containers[0].name, fitting.layout), facts.host
    )
    if found.fits is not False:
        yield _info("room", found.why) if found.fits else _warning("room", found.why)


def _of_runs(facts: Facts, change: Change) -> Iterator[Note]:
    if facts.overrides:
        words = say(
            "Memory is set anew for each run, which the revision does not change: {users}.",
            users=_listed(facts.overrides),
        )
        yield _warning("overridden", words)
    container = facts.definition.container(change.containers[0].name)
    if container is not None and container.restarts:
        words = say(
            "It has a restart policy: kills after which ECS restarts it make no event, so the watch may miss them."
        )
        yield _info("restarts", words)
    for name, mib in facts.injected_mib.items():
        words = say("AWS adds {name} to the task, {mib:,} MiB are counted for it.", name=name, mib=mib)
        yield _info("injected", words)


def _listed(names: tuple[str, ...]) -> str:
    shown, more = commas(names[:5]), len(names) - 5
    return shown if more <= 0 else count(more, "{names} and {n} more", "{names} and {n} more", names=shown)


def _info(rule: str, words: str) -> Note:
    return Note(rule=rule, severity=Severity.INFO, words=words)


def _warning(rule: str, words: str, paste: str = "") -> Note:
    return Note(rule=rule, severity=Severity.WARNING, words=words, paste=paste)
