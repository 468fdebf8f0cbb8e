"""Routing: what the routes say of a notice: its channels, whom it calls, and how its kills are gathered."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.incident.calling import Call
from bot.domain.incident.notice import Grouping
from bot.domain.routing.detour import read
from bot.domain.routing.route import Route, Routes
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.language import Language
from bot.language.catalogs import language
from bot.reconcile.tag_wait import TagWait
from bot.slack.names import NameOf, as_it_is
from bot.store.notices import Notice
from bot.store.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How kills are gathered where no route says otherwise; people's names, which never raises; the wait for tags."""

    grouping: Grouping = field(default_factory=Grouping)
    name_of: NameOf = as_it_is
    tag_wait: TagWait | None = None


class Routing:
    """The routes, with what is decided once for each message."""

    def __init__(self, routes: Routes, manner: Manner) -> None:
        """Say what these routes say."""
        self._routes = routes
        self._manner = manner

    def of(self, key: GroupKey) -> Route:
        """The route of a group key."""
        return self._routes.of(key)

    def ready(self, found: list[Waiting], now: datetime) -> tuple[list[Waiting], float | None]:
        """Those that wait for no tags of theirs, and the seconds until the first of the others waits no more."""
        return self._manner.tag_wait.ready(found, now) if self._manner.tag_wait else (found, None)

    def language(self, key: GroupKey) -> Language:
        """What is spoken of it."""
        return language(self.of(key).language)

    def language_in(self, channel: str) -> Language:
        """What is spoken in a channel."""
        return language(self._routes.leading_to(channel).language)

    def grouping(self, key: GroupKey) -> Grouping:
        """How its kills are gathered."""
        return self.of(key).grouping(self._manner.grouping)

    def channels(self, notice: Notice, wanted: str) -> tuple[str, ...]:
        """The channels to try in their order, each once: where it was shown, where it belongs, the default.

        Without those that could not be reached; the default one stays, for want of another.
        """
        last_resort, closed = self._routes.default.channel, {one.channel for one in read(notice.detour)}
        named = (notice.channel, wanted, last_resort)
        return tuple(dict.fromkeys(one for one in named if one and one not in closed)) or (last_resort,)

    async def call(self, notice: Notice, route: Route, before: Call | None, now: datetime) -> Call:
        """How the notice's message calls the owner: decided when it is posted, and kept, whatever the hour.

        `before`: what was kept, None where it was not. A crash after the post may have lost it: then it is what was
        decided when the notice began to wait.
        """
        if before is not None:
            return before
        moment = (notice.waiting_since or now) if notice.ts else now
        return await self.call_now(route, moment)

    async def call_now(self, route: Route, now: datetime) -> Call:
        """How something that is said now calls the owner."""
        call = route.call(now)
        return call if call.is_mentioned else call.named(await self._manner.name_of(call.owner))
