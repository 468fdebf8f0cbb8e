"""Guideposts: what is at hand to tell which route something takes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.incident.notice import Grouping
from bot.domain.routing.route import Route, Routes
from bot.domain.routing.tags import Tags
from bot.domain.subject.subject import Subject
from bot.slack.names import NameOf, as_it_is
from handlers.channel_states import ReachOf, nobody_knows

ReadTags = Callable[[Subject], Awaitable[Tags]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideposts:
    """Routes, and whom to ask about channels, people and tags; `read_tags` is None where AWS is not asked."""

    routes: Routes = field(default_factory=lambda: Routes(Route(channel="")))
    grouping: Grouping = field(default_factory=Grouping)
    reach_of: ReachOf = nobody_knows
    name_of: NameOf = as_it_is
    read_tags: ReadTags | None = None
