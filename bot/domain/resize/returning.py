"""Returning: what else a rollback of a service ships: its old revision's tags are asked for anew."""

from collections.abc import Iterator

from bot.domain.diagnosis.evidence import ImageState
from bot.domain.plan.plan import TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.telling.language import say

_STOPPABLE = frozenset({ResizePhase.REGISTERING, ResizePhase.DEPLOYING})
_SHOWN = 19  # `sha256:` and twelve digits


def asks_anew(resize: Resize) -> bool:
    """Whether going back is a deployment of its own, as ECS asks for tags at each; one under way is taken back whole."""
    return resize.spec.plan.target.kind is TargetKind.SERVICE and resize.status.phase not in _STOPPABLE


def other_code(resize: Resize, facts: Facts) -> tuple[str, ...]:
    """What going back would ship beside the old memory, a sentence for each container; () for nothing known."""
    change = resize.spec.plan.change
    pinned = {one.name for one in change.containers if one.image} if change else set()
    return tuple(_of_each(facts, pinned))


def _of_each(facts: Facts, pinned: set[str]) -> Iterator[str]:
    for one in facts.definition.containers:
        state = facts.images.get(one.name)
        if one.name in pinned:
            yield say(
                "{name} was pinned by this resize; the old revision names its tag again, whatever that means by now.",
                name=one.name,
            )
        elif state is not None and state.is_gone:
            yield say(
                "The tag {image} of {name} is no longer in the registry: no task of the old revision could start.",
                image=state.image,
                name=one.name,
            )
        elif state is not None and state.has_moved:
            yield _moved(one.name, state)
        elif one.image and "@" not in one.image and (state is None or state.has_moved is None):
            yield say(
                "Whether {image} of {name} still means the code that runs cannot be known: the tag is asked for anew.",
                image=one.image,
                name=one.name,
            )


def _moved(name: str, state: ImageState) -> str:
    return say(
        "The tag {image} of {name} means other code now: {running} runs, {now} would come.",
        image=state.image,
        name=name,
        running=state.running_digest[:_SHOWN],
        now=state.tag_digest[:_SHOWN],
    )
