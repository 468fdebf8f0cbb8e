"""Resizable: whether an alert offers other memory, and which size it names."""

from bot.domain.alert.story import Story
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Standing
from bot.domain.investigation.gist import misfit
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.group_key import OwnerKind

NOT_BY_SIZE = frozenset({Culprit.SIDECAR, Culprit.HOST, Culprit.RUNTIME})  # its size is not the first remedy


def is_resizable(story: Story) -> bool:
    """Whether other memory can be asked for: it was looked into, is something to resize, and none is under way."""
    is_kill = story.signal.is_kill and story.diagnosis is not None and story.standing is not Standing.UNLIKELY
    return is_kill and not is_under_way(story) and story.incident.group_key.kind is not OwnerKind.TASK


def is_under_way(story: Story) -> bool:
    """Whether a resize of it is unfinished."""
    return story.resize is not None and not story.resize.status.phase.is_final


def is_advice_taken(story: Story) -> bool:
    """Whether a resize does, or did, what the diagnosis advises: what becomes of it is told instead.

    A kill on the new size has a new diagnosis made, and so new advice.
    """
    resize, found = story.resize, story.diagnosis
    if resize is None or found is None or is_under_way(story):
        return is_under_way(story)
    status = resize.status
    is_given = status.phase in (ResizePhase.PROVEN, ResizePhase.NOT_ENOUGH) and status.regressed_at is None
    return is_given and status.began_at is not None and found.made_at <= status.began_at


def recommended_mib(story: Story) -> int | None:
    """The size that the diagnosis advises, MiB; None where it advises none, memory does not help, or it was given."""
    return None if is_advice_taken(story) else advised_mib(story.diagnosis)


def advised_mib(found: Diagnosis | None) -> int | None:
    """The size that a diagnosis advises, MiB; None where it advises none, or memory does not help."""
    if found is None or found.recommendation is None or found.helps is False or found.culprit in NOT_BY_SIZE:
        return None
    if misfit(found) is not None:  # its line names the setting first, and another size than this one
        return None
    return found.recommendation.chosen.memory_mib
