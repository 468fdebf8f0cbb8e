"""Report scopes: which channels have reports of their own, and what belongs to which of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Self

from bot.domain.command.report_grammar import AskReport
from bot.domain.report.report import Material
from bot.domain.routing.route import Route, Routes
from bot.domain.subject.group_key import GroupKey


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The routes, and the time zone whose days are counted by."""

    routes: Routes
    zone: tzinfo

    @classmethod
    def of_everything(cls) -> Self:
        """One channel without a name, and days of UTC."""
        return cls(Routes(Route(channel="")), UTC)

    def channels(self, material: Material) -> list[str]:
        """Channels of routes in their order, the default one first, then those that kills alone lead to (by tags)."""
        listed = [self.routes.default.channel, *(one.channel for one in self.routes.others)]
        killed = [self.routes.of(one.group_key).channel for one in material.tallies]
        return _distinct([*listed, *sorted(set(killed))])

    def of(self, channel: str) -> Callable[[GroupKey], bool]:
        """Whether a group key belongs to a channel, named as the routes name it."""
        return lambda key: self.routes.of(key).channel == channel

    def asked(self, asked: AskReport, material: Material) -> Callable[[GroupKey], bool] | None:
        """Likewise for a channel that a person names; None where no route leads there."""
        if not any(asked.means(one) for one in self.channels(material)):
            return None
        return lambda key: asked.means(self.routes.of(key).channel)


def _distinct(channels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one for one in channels if one))
