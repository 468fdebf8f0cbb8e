"""Controls of a resize: buttons by where it stands; each names the resize, and an approval its plan.

The names of the actions are agreed with `handlers`.
"""

import re
from collections.abc import Iterator

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.domain.resize.ending import no_way_back
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences
from bot.slack.mrkdwn import cut
from bot.slack.resize import plan_text

OPEN = "resize.open"  # the form; value: an incident's number
AGAIN = "resize.again"  # the form again; value: the number of a resize that is over
APPROVE = "resize.approve"  # value: the resize's number and its plan's hash
DECLINE = "resize.decline"
CANCEL = "resize.cancel"
ROLL_BACK = "resize.roll_back"
ROLL_BACK_ANYWAY = "resize.roll_back_anyway"  # other code and all
PIN_BACK = "resize.pin_back"  # the form, with the old size and the images that run
VALUE = re.compile(r"(\d{1,15})(?::([0-9a-f]{64}))?", re.ASCII)


def buttons(resize: Resize) -> Iterator[ButtonElement]:
    """What can be done about it now; two at most."""
    phase, value = resize.status.phase, str(resize.spec.id)
    if phase is ResizePhase.AWAITING:
        yield _approve(resize)
        yield ButtonElement(text=say("Decline"), action_id=DECLINE, value=value)
    elif phase is ResizePhase.APPROVED:
        yield ButtonElement(text=say("Cancel"), action_id=CANCEL, value=value)
    elif phase.has_changed_aws and _can_go_back(resize):
        yield ButtonElement(
            text=say("Roll back…"),
            action_id=ROLL_BACK,
            value=value,
            style="danger",
            confirm=_going_back(resize),
        )


def again(resize: Resize, advised_mib: int | None) -> Iterator[ButtonElement]:
    """Another size, once this one is over and did not help: the one that a later diagnosis advises, MiB, or any."""
    status = resize.status
    has_failed = status.regressed_at is not None or status.was_killed_again
    if not status.phase.is_final or (status.phase is ResizePhase.PROVEN and not has_failed):
        return
    value = str(resize.spec.id)
    if advised_mib is None:
        yield ButtonElement(text=say("Resize…"), action_id=AGAIN, value=value)
    else:
        label = say("Resize to {mib} MiB…", mib=f"{advised_mib:,}")
        yield ButtonElement(text=label, action_id=AGAIN, value=value, style="primary")


def going_back_anyway(resize: Resize) -> Iterator[ButtonElement]:
    """For whoever was told that going back ships other code: to do it all the same, or to keep what runs."""
    value = str(resize.spec.id)
    old, new = plan_text.pair(resize.spec.plan)
    if old is not None and old != new:
        label = say("Old memory, images pinned…")
        yield ButtonElement(text=label, action_id=PIN_BACK, value=value, style="primary")
    yield ButtonElement(
        text=say("Roll back all the same"), action_id=ROLL_BACK_ANYWAY, value=value, style="danger"
    )


def read(value: str) -> tuple[int, str] | None:
    """The resize's number and the plan's hash ("" for none) of a button's value; None for nonsense."""
    found = VALUE.fullmatch(value)
    return (int(found[1]), found[2] or "") if found else None


def _approve(resize: Resize) -> ButtonElement:
    value = f"{resize.spec.id}:{resize.spec.plan.hash}"
    return ButtonElement(
        text=say("Approve"), action_id=APPROVE, value=value, style="primary", confirm=_approving(resize)
    )


def _can_go_back(resize: Resize) -> bool:
    phase = resize.status.phase
    return phase not in (ResizePhase.ROLLING_BACK, ResizePhase.ROLLED_BACK) and not no_way_back(resize)


def _approving(resize: Resize) -> ConfirmObject:
    plan = resize.spec.plan
    sizes = say("{what}: {told}.", what=plan.target.subject.name, told=plan_text.sizes(plan))
    told = sentences([sizes, plan_text.gravest_plainly(plan), say("It begins at once.")])
    return _confirm(say("Approve this change?"), told, say("Approve"))


def _going_back(resize: Resize) -> ConfirmObject:
    plan = resize.spec.plan
    old, new = plan_text.pair(plan)
    revision = plan.change.revision_arn.rpartition("/")[2] if plan.change else say("the old revision")
    name = plan.target.subject.name
    told = say("{name} goes back, to {revision}.", name=name, revision=revision)
    if old and new:
        told = say(
            "{name} goes back from {new} to {old} MiB, to {revision}.",
            name=name,
            new=f"{new:,}",
            old=f"{old:,}",
            revision=revision,
        )
    return _confirm(say("Roll back?"), sentences([told, say("Tasks are replaced.")]), say("Roll back"))


def _confirm(title: str, text: str, confirm: str) -> ConfirmObject:
    return ConfirmObject(title=title, text=cut(text, 290), confirm=confirm, deny=say("Leave it"))
