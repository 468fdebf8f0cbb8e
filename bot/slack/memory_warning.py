"""Memory warnings: an alarm of CloudWatch went off, nothing was killed; updated in place when it is OK again."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.models.metadata import Metadata

from bot.domain.duration import rough
from bot.domain.group_key import GroupKey, OwnerKind
from bot.domain.subject import Subject
from bot.slack.answers.place import where, who
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import code, date, escape, mention

EVENT_TYPE = "oom_guard_memory_warning"
ON, OVER = "#daa038", "#2eb886"
_ADVICE = "A warning: nothing was killed, and nothing is counted. `/oom near` shows who else is close."


def memory_warning(  # noqa: PLR0913 -- the facts of one warning, and two of its place
    warning_id: int,
    key: GroupKey,
    *,
    alarm: str,
    reason: str,
    began_at: datetime,
    ended_at: datetime | None,
    account_name: Callable[[str], str],
    owner: str = "",
) -> Message:
    """As it is now: on, or over since `ended_at`."""
    place = f"{where(Subject.of(key), account_name)} · alarm {code(alarm, 120)}"
    is_of_alarm = key.kind is OwnerKind.TASK  # an alarm on a whole cluster, or one that names nobody
    named = "ECS memory" if is_of_alarm else who(key)
    plain = "ECS memory" if is_of_alarm else escape(key.name, 80)
    if ended_at is None:
        title = f"🟡 {named} is close to its memory limit"
        when = f"since {date(began_at)}"
        told = f"Memory warning: {plain} is close to its memory limit, says alarm {escape(alarm, 80)}."
    else:
        title = f"🟢 {named} is no longer close to its memory limit"
        lasted = rough((ended_at - began_at).total_seconds())
        when = f"from {date(began_at)}, for {lasted}"
        told = f"Resolved: {plain} is no longer close to its memory limit, says alarm {escape(alarm, 80)}."
    for_whom = f" · owner {mention(owner)}" if owner and ended_at is None else ""
    below = [section(escape(reason, 600))] if reason and ended_at is None else []
    return Message(
        text=told,
        blocks=[section(f"{title}\n{place}\n{when}{for_whom}")],
        attachments=[coloured(ON if ended_at is None else OVER, [*below, context(_ADVICE)])],
        metadata=Metadata(EVENT_TYPE, {"warning_id": str(warning_id)}),
    )
