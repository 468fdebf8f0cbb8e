"""Details of a resize: what else the plan changes, who asked and agreed and why, what is left to do by hand."""

from bot.domain.plan.follow_up import filled
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.telling.language import say
from bot.slack.blocks import section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, date, escape, mention
from bot.slack.resize import plan_text

MOST_STEPS = 5


def lines(resize: Resize) -> list[str]:
    """What a person needs before agreeing; once it is over, only what is left to do."""
    plan, status = resize.spec.plan, resize.status
    if status.phase.is_final and not status.phase.has_changed_aws:
        return [_people(resize)]
    is_awaiting = status.phase is ResizePhase.AWAITING
    known = plan_text.others(plan) if is_awaiting else plan.notes  # the gravest stands above
    told = [] if status.phase.is_final else [*plan_text.changes(plan), *plan_text.notes(known, 4)]
    people = [] if is_awaiting else [_people(resize)]  # told where it stands
    return [*told, *steps(resize), *people]


def reply(resize: Resize) -> Message:
    """The whole plan in the thread, with lines to paste where the service is kept as code."""
    plan = resize.spec.plan
    number = resize.spec.id
    head = say(
        "{resize} of {what}",
        resize=bold(say("Resize #{number}", number=number)),
        what=plan_text.heading(plan),
    )
    told = [head, plan_text.effect(plan)]
    told += [*plan_text.changes(plan), *plan_text.notes(plan.notes), *steps(resize), _people(resize)]
    return Message(
        text=say(
            "Resize #{number} of {name}: {words}",
            number=number,
            name=escape(plan.target.subject.name, 80),
            words=plan_text.sizes(plan),
        ),
        blocks=[
            section("\n".join(line for line in told if line)),
            *(section(one) for one in plan_text.pastes(plan.notes)),
        ],
    )


def steps(resize: Resize) -> list[str]:
    """What the bot cannot do itself; with the new revision once it is known."""
    found = resize.spec.plan.next_steps[:MOST_STEPS]
    arn = resize.status.new_revision_arn
    return [f"👉 {escape(filled(one, arn) if arn else one, 400)}" for one in found]


def _people(resize: Resize) -> str:
    spec, status = resize.spec, resize.status
    asked = say("Asked by {who} {when}", who=mention(spec.requested_by), when=date(spec.requested_at))
    if spec.reason:
        asked = say("{label}: {words}", label=asked, words=escape(spec.reason, 300))
    if not status.approved_by:
        return asked
    return f"{asked} · {say('approved by {who}', who=mention(status.approved_by))}"
