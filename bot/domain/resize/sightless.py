"""Sightless: what becomes of a resize whose target cannot be looked at: it is told, and not tried for ever."""

from dataclasses import replace
from datetime import datetime

from bot.domain.resize.beginning import begin_by
from bot.domain.resize.ending import finish
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import Finish
from bot.domain.resize.watch import KEPT
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences

MOST_LOOKS = 45  # in vain, one after the other: with growing pauses, more than three hours


def sightless(resize: Resize, why: str, looks: int, now: datetime) -> Status | Finish:
    """After so many `looks` in vain. `why` is a phrase to be shown, "" while that is too early."""
    status = resize.status
    if status.phase is ResizePhase.PROVEN:
        is_over = status.ended_at is None or now >= status.ended_at + KEPT
        return Finish(status) if is_over else status
    if status.phase is ResizePhase.APPROVED and now >= begin_by(resize):
        words = say("It could not begin in time: {why}.", why=why or say("AWS gave no answer"))
        words = sentences([words, say("Nothing was changed.")])
        return finish(status, ResizePhase.EXPIRED, words, now)
    if looks >= MOST_LOOKS:
        words = say(
            "Given up after hours: it cannot be looked at, {why}.", why=why or say("AWS gave no answer")
        )
        words = sentences([words, say("What runs was left as it is.")])
        return finish(status, ResizePhase.FAILED, words, now)
    if not why:
        return status
    return replace(status, trouble=say("It cannot be looked at: {why}.", why=why), is_unseen=True)


def sighted(resize: Resize) -> Resize:
    """It can be looked at again."""
    if not resize.status.is_unseen:
        return resize
    return replace(resize, status=replace(resize.status, trouble="", is_unseen=False))
