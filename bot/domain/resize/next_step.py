"""Next steps: one idempotent step of a resize from what was agreed, what was done and what is seen; pure.

A pass: lease the resize, observe, ask for the next step, save the step's status under the lease, then (for a
`Writing`) perform it, and observe again. A crash at any line is repaired by the next pass, because nothing is
believed but what was observed. `docs/adr/0011` argues the rules.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.resize.beginning import await_approval, begin, register
from bot.domain.resize.ending import GIVE_UP, fail, finish, is_pinned, revision
from bot.domain.resize.moving import move
from bot.domain.resize.observation import Observation
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.step import Finish, Register, Step, Wait, Writing
from bot.domain.resize.watch import look_back, watch
from bot.domain.resize.way_back import go_back
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences

READ_ONLY_LOOK = timedelta(minutes=1)


def next_step(resize: Resize, seen: Observation, now: datetime) -> Step:
    """What to do next. `seen` may be empty while it awaits approval. The same question gets the same answer."""
    step = _step(resize, seen, now)
    if not seen.is_read_only or isinstance(step, Wait | Finish):
        return step
    return _held(resize, step, now)


def refused(resize: Resize, words: str, now: datetime) -> Wait | Finish:
    """AWS refused the step for good (denied, invalid, deregistered): what becomes of the resize.

    `resize` has the status that was saved before the step; `words` are AWS's, a sentence.
    """
    status, new = resize.status, revision(resize.status.new_revision_arn)
    if status.phase is ResizePhase.REGISTERING:
        told = sentences([say("Not registered: {words}", words=words), say("Nothing was changed.")])
        return finish(status, ResizePhase.FAILED, told, now)
    if status.phase is ResizePhase.ROLLING_BACK:
        return finish(status, ResizePhase.FAILED, say("Not rolled back: {words}", words=words), now)
    if is_pinned(resize) and status.moved:
        told = say(
            "{done} of {all} moved to {new}, then: {words}",
            done=len(status.moved),
            all=len(resize.spec.plan.target.pins),
            new=new,
            words=words,
        )
        return fail(resize, status, told, now)
    left = say("{new} stays registered, and nothing names it.", new=new)
    told = sentences([say("Not deployed: {words}", words=words), left])
    return finish(status, ResizePhase.FAILED, told, now)


def needs_observation(resize: Resize) -> bool:
    """Whether AWS must be looked at before the next step."""
    return resize.status.phase is not ResizePhase.AWAITING


def _step(resize: Resize, seen: Observation, now: datetime) -> Step:
    phase = resize.status.phase
    if phase is ResizePhase.AWAITING:
        return await_approval(resize, now)
    if phase is ResizePhase.PROVEN:
        return look_back(resize, seen, now)
    if phase.is_final:
        return Finish(resize.status)
    return _ON_THE_WAY[phase](resize, seen, now)


_ON_THE_WAY = {
    ResizePhase.APPROVED: begin,
    ResizePhase.REGISTERING: register,
    ResizePhase.DEPLOYING: move,
    ResizePhase.WATCHING: watch,
    ResizePhase.ROLLING_BACK: go_back,
}


def _held(resize: Resize, step: Writing, now: datetime) -> Wait | Finish:
    """The kill switch: even what is under way, and even a rollback, is not written; it is told, and not for ever.

    The step's own status is not saved, as nothing is attempted.
    """
    status = resize.status
    since = status.progressed_at or status.began_at or now
    if now >= since + GIVE_UP:
        words = say("Given up, as OOM_READ_ONLY is set: nothing is written to AWS.")
        is_undone = isinstance(step, Register)
        last = say("the new revision was not registered") if is_undone else status.words
        told = sentences([words, say("Last: {words}", words=last)])
        return finish(status, ResizePhase.FAILED, told, now)
    words = say("Waiting: {why}", why=say("OOM_READ_ONLY is set: nothing is written to AWS."))
    return Wait(replace(status, words=words, is_as_usual=False), now + READ_ONLY_LOOK)
