"""The silence modal: for how long, how much and why; with what it would have hidden."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.calendar import duration
from bot.domain.command.command import USUAL_SILENCE
from bot.domain.incident.incident import Incident
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.scope import Scope
from bot.domain.subject.silence import Hidden
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, say
from bot.slack.answers import place
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, clean, cut, escape

CALLBACK = "silence"
DURATION, SCOPE, REASON = "duration", "scope", "reason"  # block ids and action ids alike
DURATIONS = ("1h", "3h", "8h", "1d", "3d", "1w", "2w")
LONGEST_REASON = 500
OPTION_LIMIT = 75  # Block Kit: text and description of an option


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person filled in."""

    lasts: timedelta
    scope: Scope
    reason: str


def silence_modal(
    incident: Incident, would_have_hidden: Mapping[Scope, Hidden], account_name: place.AccountName
) -> View:
    """The form; `would_have_hidden` counts for each scope that can be chosen, over the last 24 h."""
    blocks: list[Block] = [
        section(_what(incident, would_have_hidden, account_name)),
        _input(DURATION, say("For how long?"), _durations()),
        _input(SCOPE, say("What shall be silent?"), _scopes(incident, would_have_hidden)),
        _input(REASON, say("Why?"), _reason()),
        context(say("Kills are still counted. The silence can be ended before its time.")),
    ]
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=say("Silence alerts"),
        submit=say("Silence"),
        close=say("Cancel"),
        private_metadata=str(incident.id),
        blocks=blocks,
    )


def incident_id(view: Mapping[str, Any]) -> int | None:
    """Which incident a submitted form was opened for; None where it does not tell. Look it up: never trust it."""
    found = re.fullmatch(r"\d{1,15}", str(view.get("private_metadata", "")), re.ASCII)
    return int(found[0]) if found else None


def read(view: Mapping[str, Any]) -> Wish | dict[str, str]:
    """What was filled in, or the errors by block id."""
    lasts = duration.parse(_selected(view, DURATION)) if _selected(view, DURATION) in DURATIONS else None
    scope = _selected(view, SCOPE)
    reason = clean(str(_field(view, REASON).get("value") or ""))[:LONGEST_REASON]
    errors = {}
    if lasts is None:
        errors[DURATION] = say("Choose how long, at most two weeks.")
    if scope not in list(Scope):
        errors[SCOPE] = say("Choose what shall be silent.")
    if not any(char.isprintable() and not char.isspace() for char in reason):
        errors[REASON] = say("Say why: others will ask.")
    return errors or Wish(lasts or USUAL_SILENCE, Scope(scope), reason)


def _what(
    incident: Incident, would_have_hidden: Mapping[Scope, Hidden], account_name: place.AccountName
) -> str:
    key = incident.group_key
    if set(would_have_hidden) == {Scope.CLUSTER}:
        where = f"{escape(account_name(key.account), 60)} · {escape(key.region, 30)}"
        name = escape(key.cluster, 80)
        is_queue = key.kind is OwnerKind.JOB
        what = say("Job queue {name}", name=name) if is_queue else say("Cluster {name}", name=name)
        return f"{bold(what)}\n{where}"
    return f"{place.who(key)}\n{place.where(Subject.of(key), account_name)}"


def _input(block_id: str, label: str, element: InputInteractiveElement) -> InputBlock:
    return InputBlock(block_id=block_id, label=PlainTextObject(text=label), element=element)


def _durations() -> StaticSelectElement:
    return StaticSelectElement(
        action_id=DURATION,
        options=[_length(word) for word in DURATIONS],
        initial_option=_length(duration.typed(USUAL_SILENCE)),
    )


def _scopes(incident: Incident, would_have_hidden: Mapping[Scope, Hidden]) -> RadioButtonsElement:
    options = [_scope_option(incident, scope, hidden) for scope, hidden in would_have_hidden.items()]
    # The service and not the container: a neighbour in the same task dies of the same cause.
    usual = next((option for option in options if option.value == Scope.SUBJECT.value), options[0])
    return RadioButtonsElement(action_id=SCOPE, options=options, initial_option=usual)


def _reason() -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=REASON, max_length=LONGEST_REASON, placeholder=say("Load test, ticket 123")
    )


def _length(word: str) -> Option:
    span = duration.parse(word)
    return Option(value=word, text=duration.said(span) if span else word)


def _scope_option(incident: Incident, scope: Scope, hidden: Hidden) -> Option:
    key = incident.group_key
    label = {
        Scope.CONTAINER: say("This container: {name}", name=clean(key.container)),
        Scope.SUBJECT: say("This {kind}: {name}", kind=say(place.KINDS[key.kind]), name=clean(key.name)),
        Scope.CLUSTER: say(
            "The whole {kind}: {name}", kind=place.cluster_kind(key.kind), name=clean(key.cluster)
        ),
    }[scope]
    told = say(
        "would have hidden {alerts} ({kills}) in the last 24 h",
        alerts=count(hidden.alerts, "{n} alert", "{n} alerts"),
        kills=count(hidden.kills, "{n} kill", "{n} kills"),
    )
    return Option(value=scope.value, text=cut(label, OPTION_LIMIT), description=cut(told, OPTION_LIMIT))


def _selected(view: Mapping[str, Any], name: str) -> str:
    return str((_field(view, name).get("selected_option") or {}).get("value", ""))


def _field(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    field: Mapping[str, Any] = (values.get(name) or {}).get(name) or {}
    return field
