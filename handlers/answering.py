"""Answering: any words after `/oom`, from a command or from a button, to what the person is told."""

from bot.domain.command.command import (
    Command,
    ListIncidents,
    ListSilences,
    Misuse,
    Stats,
    Top,
)
from bot.domain.command.drill_grammar import AskDrill
from bot.domain.command.grammar import parse
from bot.domain.command.look import Look
from bot.domain.command.report_grammar import AskReport
from bot.domain.command.route_grammar import AskRoute
from bot.slack.answers import refusal
from bot.slack.answers.answer import Answer
from bot.slack.message import Message
from handlers.changes import Change, Changes
from handlers.drilling import Drilling
from handlers.looking import Looking
from handlers.readings import Readings
from handlers.resize_words import ResizeAnswers, ResizeWords

SHAREABLE = Stats | Top | ListIncidents | ListSilences | AskRoute


class Answering:
    """One answer for one command, whichever door it came through. May raise StoreUnavailable."""

    def __init__(
        self,
        readings: Readings,
        changes: Changes,
        looking: Looking,
        drilling: Drilling,
        resizes: ResizeAnswers,
    ) -> None:
        self.readings = readings
        self.changes = changes
        self.looking = looking
        self.drilling = drilling
        self.resizes = resizes

    async def answer(self, command: Command | Misuse, asker: str, response_url: str = "") -> Answer | None:
        """Do what is asked, and what to tell the person; what takes longer follows through `response_url`."""
        if isinstance(command, AskDrill):
            return await self.drilling.begin(command, asker, response_url)
        if isinstance(command, Look):
            return await self.looking.begin(command, asker, response_url)
        if isinstance(command, AskReport):
            return await self.readings.reporting.answer(command, asker, response_url)
        if isinstance(command, ResizeWords):
            return await self.resizes.answer(command, asker)
        if isinstance(command, Change):
            return await self.changes.answer(command, asker)
        return await self.readings.answer(command)

    async def shared(self, words: str, sharer: str) -> Message:
        """What a channel is shown of a shared answer, as it is now. Words that change something are refused."""
        command = parse(words)
        if isinstance(command, AskReport) and not command.is_csv:
            return (await self.readings.reporting.answer(command)).in_channel(sharer)
        if not isinstance(command, SHAREABLE):
            return refusal.not_shareable().privately()
        return (await self.readings.answer(command)).in_channel(sharer)


def verb_of(command: Command | Misuse) -> str:
    """A command's verb for counters: a small fixed set of names, whatever was typed."""
    if isinstance(command, Misuse):
        return "misuse"
    return command.typed.partition(" ")[0] or "overview"
