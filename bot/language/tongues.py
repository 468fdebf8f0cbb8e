"""Tongues: which language is spoken of an incident, in a channel, and with a person."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.kills.death import Assessment, Death
from bot.domain.routing.route import Routes
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.language import ENGLISH, Language, speaking, spoken
from bot.language.catalogs import language, nearest

T = TypeVar("T")
Locale = Callable[[str], Awaitable[str]]  # of a Slack user; "" where nobody knows it. Never raises


async def unknown(_user: str) -> str:
    """Where nobody asks what people speak."""
    return ""


@dataclass(frozen=True, slots=True)
class Tongues:
    """The routes decide for channels, Slack's own setting for a person."""

    routes: Routes | None = None  # None: English everywhere
    locale: Locale = unknown
    operators: str = ""  # their channel

    def of(self, key: GroupKey) -> Language:
        """What is spoken of a group key."""
        return ENGLISH if self.routes is None else language(self.routes.of(key).language)

    def here(self, *names: str) -> Language:
        """What is spoken in the channel that has one of these names or ids; the default route's where no route has it."""
        if self.routes is None:
            return ENGLISH
        return language(self.routes.leading_to(*names).language)

    def with_operators(self) -> Language:
        """What is spoken about ourselves: in the operators' channel."""
        return self.here(self.operators)

    async def with_person(self, user: str) -> Language:
        """What a person speaks, as far as Slack and the catalogs know. Never raises."""
        return nearest(await self.locale(user))

    def assessed(self, assess: Callable[[], Assessment]) -> Assessment:
        """A verdict whose reasons are told as its incident will be; `assess` may be called twice, and is pure."""
        return self.told(assess, lambda assessment: assessment.deaths)

    def told(self, tell: Callable[[], T], deaths: Callable[[T], Sequence[Death]]) -> T:
        """What `tell` says of these deaths, in the language of their route, whatever is spoken around; as `assessed`."""
        told, told_in = tell(), spoken()
        with speaking(self.of_deaths(deaths(told))):
            return told if spoken() is told_in else tell()

    def of_deaths(self, deaths: Sequence[Death]) -> Language:
        """What is spoken of deaths that were told together."""
        return next((self.of(death.group_key) for death in deaths), ENGLISH)
