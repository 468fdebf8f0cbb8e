"""Viewed: how a notice should look now, and what else its showing needs to know."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.alert.story import Story
from bot.domain.incident.calling import NOBODY, Call
from bot.domain.incident.incident import Incident
from bot.domain.incident.notice import Reason, Shown
from bot.domain.resize.resize import Resize
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import ENGLISH, Language
from bot.slack.message import Message
from bot.store.kills import Kill


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a notice should look now. `reason` is None where Slack already shows it so; `due_at` is when it may."""

    message: Message
    reason: Reason | None
    shown: str  # to be saved once Slack shows it
    channels: tuple[str, ...]  # to be tried in this order
    due_at: datetime
    needs_eyes: bool = False  # were its message deleted, somebody would miss it
    incident: Incident | None = None
    before: Shown | None = None
    silence: Silence | None = None
    ended_silence: Silence | None = None  # it muted the incident when the notice was last shown
    story: Story | None = None
    call_now: Call = NOBODY  # how its thread calls the owner, should it have to now
    kills: tuple[Kill, ...] = field(default=(), repr=False)  # newest first
    is_told_by_storm: bool = False
    resize: Resize | None = None  # of a notice that shows no incident
    without_chart: Message | None = None  # the same, where it has one: should Slack refuse it
    language: Language = ENGLISH  # that it is told in, and its thread
