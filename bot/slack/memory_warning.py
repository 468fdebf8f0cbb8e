"""Memory warnings: an alarm of CloudWatch went off, nothing was killed; updated in place when it is OK again."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata

from bot.domain.calendar.duration import rough
from bot.domain.incident.calling import NOBODY, Call
from bot.domain.kills.memory_warning import MemoryWarning
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import sentences
from bot.slack.answers.place import AccountName, where, who
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import code, date, escape
from bot.slack.whom import whom

EVENT_TYPE = "oom_guard_memory_warning"
ON, OVER = "#daa038", "#2eb886"
_NEXT = mark("Look for growth before it is killed.")
_ADVICE = mark("A warning: nothing was killed, and nothing is counted. `/oom near` shows who else is close.")


def memory_warning(warning: MemoryWarning, account_name: AccountName, call: Call = NOBODY) -> Message:
    """As it is now: on, or over. The owner is called while it is on."""
    is_over = warning.ended_at is not None
    place = f"{where(Subject.of(warning.group_key), account_name)} · {say('alarm {name}', name=code(warning.alarm, 120))}"
    called = "" if is_over else whom(call)
    for_whom = f" · {called}" if called else ""
    told: list[Block] = []
    if not is_over:
        words = ": ".join(part for part in (warning.metric, warning.reason) if part)
        told = [section(escape(words, 600))] if words else []
    return Message(
        text=_push(warning),
        blocks=[section(f"{_title(warning)}\n{place}\n{_when(warning)}{for_whom}")],
        attachments=[coloured(OVER if is_over else ON, [*told, context(say(_ADVICE))])],
        metadata=Metadata(EVENT_TYPE, {"warning_id": str(warning.id)}),
    )


def _title(warning: MemoryWarning) -> str:
    if not warning.names_owner:
        is_on = warning.ended_at is None
        return say("🟡 An alarm on ECS memory went off" if is_on else "🟢 ECS memory is OK again")
    named = who(warning.group_key)
    if warning.ended_at is None:
        return say("🟡 {name} is close to its memory limit", name=named)
    return say("🟢 {name} is no longer close to its memory limit", name=named)


def _when(warning: MemoryWarning) -> str:
    if warning.ended_at is None:
        return say("since {when}", when=date(warning.began_at))
    lasted = rough((warning.ended_at - warning.began_at).total_seconds())
    return say("from {when}, for {span}", when=date(warning.began_at), span=lasted)


def _push(warning: MemoryWarning) -> str:
    alarm, name = escape(warning.alarm, 80), escape(warning.group_key.name, 80)
    if not warning.names_owner:
        if warning.ended_at is None:
            return say("Memory warning: alarm {alarm} went off.", alarm=alarm)
        return say("Resolved: alarm {alarm} is OK again.", alarm=alarm)
    if warning.ended_at is None:
        told = say(
            "Memory warning: {name} is close to its memory limit, says alarm {alarm}.", name=name, alarm=alarm
        )
        return sentences([told, say(_NEXT)])
    return say(
        "Resolved: {name} is no longer close to its memory limit, says alarm {alarm}.", name=name, alarm=alarm
    )
