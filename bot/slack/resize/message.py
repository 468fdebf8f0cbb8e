"""The message of a resize that belongs to no incident: what changes, where it stands, and its buttons."""

from slack_sdk.models.blocks import ActionsBlock, Block
from slack_sdk.models.metadata import Metadata

from bot.domain.alert.resizable import advised_mib
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.investigation.gist import gist
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.telling.language import say
from bot.slack.answers import place
from bot.slack.blocks import coloured, context, section
from bot.slack.gist_lines import cause_line, fix_line
from bot.slack.message import Message
from bot.slack.mrkdwn import escape
from bot.slack.resize import controls, details, plan_text, progress

MOST_PASTES = 2
EVENT_TYPE = "oom_guard_resize"
GOOD, BAD, BUSY, OVER = "#2eb886", "#a30200", "#2b6cb0", "#868686"
COLORS = {
    ResizePhase.AWAITING: "#daa038",
    ResizePhase.PROVEN: GOOD,
    ResizePhase.NOT_ENOUGH: BAD,
    ResizePhase.FAILED: BAD,
    ResizePhase.ROLLED_BACK: OVER,
    ResizePhase.CANCELLED: OVER,
    ResizePhase.EXPIRED: OVER,
}


def own_message(resize: Resize, account_name: place.AccountName, since: Diagnosis | None = None) -> Message:
    """Its root message as it stands now. `since`: of a kill on the new size, what it was and what would help."""
    plan = resize.spec.plan
    told = [f"🔧 {plan_text.named(plan)}", *progress.lines(resize), *_since(since)]
    return Message(
        text=push(resize),
        blocks=[section("\n".join(told), block_id=_block_id(resize, "title"))],
        attachments=[coloured(_color(resize), _below(resize, account_name, since))],
        metadata=Metadata(EVENT_TYPE, {"resize_id": str(resize.spec.id)}),
    )


def push(resize: Resize) -> str:
    """One plain sentence, at most 300 characters."""
    name = escape(resize.spec.plan.target.subject.name, 80)
    return say("{what}: {words}", what=name, words=progress.plainly(resize))


def _since(found: Diagnosis | None) -> list[str]:
    """In the two lines that an alert has for it."""
    if found is None:
        return []
    told = gist(found)
    return [line for line in (cause_line(told), fix_line(told)) if line]


def _below(resize: Resize, account_name: place.AccountName, since: Diagnosis | None) -> list[Block]:
    row = [*controls.again(resize, advised_mib(since)), *controls.buttons(resize)]
    parts: list[Block] = []
    lines = details.lines(resize)
    if lines:
        parts.append(section("\n".join(lines), block_id=_block_id(resize, "plan")))
    if row:
        parts.append(ActionsBlock(elements=row, block_id=_block_id(resize, "controls")))
    if not resize.status.phase.is_final:
        parts += [
            section(plan_text.paste(one.paste), block_id=_block_id(resize, f"paste{number}"))
            for number, one in enumerate(
                [note for note in resize.spec.plan.notes if note.paste][:MOST_PASTES]
            )
        ]
    return [*parts, context(_footer(resize, account_name), block_id=_block_id(resize, "footer"))]


def _footer(resize: Resize, account_name: place.AccountName) -> str:
    spec = resize.spec
    number = say("resize {number}", number=spec.id)
    return f"{place.where(spec.plan.target.subject, account_name)} · {number}"


def _color(resize: Resize) -> str:
    status = resize.status
    if status.is_stuck or status.regressed_at is not None or status.was_killed_again:
        return BAD
    return COLORS.get(resize.status.phase, BUSY)


def _block_id(resize: Resize, part: str) -> str:
    # Slack asks for new block_ids with every update: they change with what is told.
    status = resize.status
    moment = f"{status.phase.value}.{status.running_count}.{status.kills_since}"
    return f"resize.{resize.spec.id}.{moment}.{part}"
