"""Whom: the owner in a message, mentioned or named quietly, and then with the moment at which their hours begin."""

from bot.domain.incident.calling import Call
from bot.domain.telling.language import say
from bot.slack.mrkdwn import date, escape, mention


def whom(call: Call | None) -> str:
    """`owner @Dana`, or `owner Dana, not mentioned: working hours begin 08:00`; "" for nobody."""
    if call is None or not call.owner:
        return ""
    if call.is_mentioned:
        return say("owner {person}", person=mention(call.owner))
    name = escape(call.owner, 80)
    if call.hours_begin is None:
        return say("owner {name}, not mentioned", name=name)
    begin = date(call.hours_begin)
    return say("owner {name}, not mentioned: working hours begin {moment}", name=name, moment=begin)
