"""Reporting: `/oom report`, answered from the store at once; its file is written down, and sent by a reconciler."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.domain.calendar.report_period import so_far
from bot.domain.command.command import Command, Misuse
from bot.domain.command.report_grammar import EVERYWHERE, AskReport
from bot.domain.report.report import Material, report
from bot.domain.subject.group_key import GroupKey
from bot.slack.answers import late
from bot.slack.answers import report as answers
from bot.slack.answers.answer import Answer
from bot.store import exports, report_material
from handlers.desk import Desk

_NAMELESS = ("privategroup", "directmessage")  # what Slack calls channels whose names are not everybody's

log = structlog.get_logger(__name__)


def placed(command: Command | Misuse, channel: str, name: str = "") -> Command | Misuse:
    """A report that names no channel is about the one where it is asked for; anything else stays as it is."""
    if not isinstance(command, AskReport) or command.channel or command.name:
        return command
    return replace(command, channel=channel, name="" if name in _NAMELESS else name, is_here=True)


class Reporting:
    """Reads the store; whoever may ask for statistics may ask for a report."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, asked: AskReport, asker: str = "", response_url: str = "") -> Answer:
        """The report, or that its file follows. Raises StoreUnavailable."""
        desk = self._desk
        period = so_far(desk.clock(), asked.days, desk.report_scope.zone)
        found = await desk.db.read(report_material.material, period)
        is_ours = await self._which(asked, found)
        is_all = is_ours is None and asked.is_here
        if is_all:
            asked = AskReport(asked.days, EVERYWHERE, is_csv=asked.is_csv)
        elif is_ours is None:
            return answers.unknown_channel(asked, desk.report_scope.channels(found))
        if asked.is_csv:
            return await self._begin(asked, asker, response_url)
        return answers.answer(report(found, is_ours or _any), asked, desk.account_name, is_all=is_all)

    async def _begin(self, asked: AskReport, asker: str, response_url: str) -> Answer:
        if not (asker and response_url):
            return late.no_way_back()
        log.info("report.file_asked", user=asker, channel=asked.channel or asked.name, days=asked.days)
        words, now = asked.typed, self._desk.clock()
        await self._desk.db.write(exports.add, user=asker, response_url=response_url, words=words, now=now)
        return answers.csv_coming(asked)

    async def _which(self, asked: AskReport, found: Material) -> Callable[[GroupKey], bool] | None:
        """What belongs to the channel that is asked for; None where no route leads there."""
        if asked.channel == EVERYWHERE:
            return _any
        scope = self._desk.report_scope
        if (mine := scope.asked(asked, found)) is not None or asked.is_here:
            return mine
        known = await self._desk.which_channel(asked.name or asked.channel, scope.channels(found))
        return scope.of(known) if known else None


def _any(_: GroupKey) -> bool:
    return True
