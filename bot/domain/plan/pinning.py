"""Pinning: the digest that runs instead of a tag, so that a resize ships no other code."""

from bot.domain.aws.task_definition import Container
from bot.domain.plan.plan import Change, TargetKind
from bot.domain.plan.resize_facts import Facts


def pinned(facts: Facts, container: Container) -> str:
    """The image by the digest that runs, `repository@sha256:…`; "" where it is pinned already, or cannot be.

    Jobs keep their tags: Batch asks for them at every run, and its definition is not one of ECS.
    """
    state = facts.images.get(container.name)
    if state is None or "@" in container.image or not container.image or facts.target.kind is TargetKind.JOB:
        return ""
    if state.running_digest not in facts.kept_digests:
        return ""
    return f"{_repository(container.image)}@{state.running_digest}"


def drifted(facts: Facts) -> tuple[str, ...]:
    """The containers of the revision whose tag means other code now than what runs."""
    return tuple(
        one.name
        for one in facts.definition.containers
        if (state := facts.images.get(one.name)) is not None and state.has_moved
    )


def shipped(facts: Facts, change: Change) -> tuple[str, ...]:
    """Those of them whose other code a deployment of this change ships; each run of a job asks for its tag anyway."""
    if facts.target.kind is not TargetKind.SERVICE:
        return ()
    pinned_now = {one.name for one in change.containers if one.image}
    return tuple(name for name in drifted(facts) if name not in pinned_now)


def _repository(image: str) -> str:
    """Without its tag; a colon before the last slash is of a port."""
    head, slash, name = image.rpartition("/")
    return f"{head}{slash}{name.partition(':')[0]}"
