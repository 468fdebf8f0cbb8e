"""Commands: what a person asks for with the words after `/oom`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from bot.domain.calendar import duration
from bot.domain.command.drill_grammar import AskDrill
from bot.domain.command.look import Look
from bot.domain.command.report_grammar import AskReport
from bot.domain.command.route_grammar import AskRoute
from bot.domain.command.verb import Verb
from bot.domain.command.words import quoted

USUAL_SILENCE = timedelta(hours=3)


class Window(Enum):
    """How far back statistics look; the value is what a person types."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def span(self) -> timedelta:
        """Its length."""
        return {Window.DAY: timedelta(days=1), Window.WEEK: timedelta(days=7)}.get(self, timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Overview:
    """`/oom` alone: short help and the number of unfinished incidents."""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return ""


@dataclass(frozen=True, slots=True)
class Stats:
    """Kills of what `query` names."""

    query: str
    window: Window = Window.WEEK

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"stats {quoted(self.query)} {self.window.value}"


@dataclass(frozen=True, slots=True)
class ListIncidents:
    """Unfinished incidents; pages count from 1."""

    page: int = 1

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"list {self.page}"


@dataclass(frozen=True, slots=True)
class Top:
    """Subjects with the most kills."""

    window: Window = Window.WEEK

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"top {self.window.value}"


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Acknowledge an incident by its number, or those of what the query names."""

    target: int | str

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"ack {_name(self.target)}"


@dataclass(frozen=True, slots=True)
class Resolve:
    """Resolve an incident by its number, or those of what the query names."""

    target: int | str

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"resolve {_name(self.target)}"


@dataclass(frozen=True, slots=True)
class AddSilence:
    """Mute what `query` names; `lasts` is within 1 hour and 2 weeks, `reason` may be empty."""

    query: str
    lasts: timedelta = USUAL_SILENCE
    reason: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return " ".join(("silence", quoted(self.query), duration.typed(self.lasts), self.reason)).rstrip()


@dataclass(frozen=True, slots=True)
class ListSilences:
    """Silences in force; pages count from 1."""

    page: int = 1

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"silences {self.page}"


@dataclass(frozen=True, slots=True)
class EndSilence:
    """End a silence by its number."""

    silence_id: int

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"unsilence {self.silence_id}"


@dataclass(frozen=True, slots=True)
class AskResize:
    """Other memory for what `query` names; `amount` as typed, "" for what the diagnosis recommends."""

    query: str
    container: str = ""
    amount: str = ""
    is_dry_run: bool = False
    reason: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        words = ["resize", quoted(self.query)]
        words += [f"--container {quoted(self.container)}"] if self.container else []
        words += [self.amount] if self.amount else []
        words += ["--dry-run"] if self.is_dry_run else []
        words += [f"--reason {quoted(self.reason)}"] if self.reason else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class AskRollback:
    """Undo the newest resize of what `query` names."""

    query: str
    reason: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return " ".join(("rollback", quoted(self.query), self.reason)).rstrip()


@dataclass(frozen=True, slots=True)
class History:
    """The audit trail of what `query` names; pages count from 1."""

    query: str
    page: int = 1

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"history {quoted(self.query)} {self.page}"


@dataclass(frozen=True, slots=True)
class FreezeChanges:
    """Let nobody begin a change."""

    reason: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"freeze {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class ThawChanges:
    """End every freeze."""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return "thaw"


@dataclass(frozen=True, slots=True)
class Help:
    """What can be typed; about one verb where one is named."""

    verb: Verb | None = None

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"help {self.verb.name}" if self.verb else "help"


@dataclass(frozen=True, slots=True)
class Misuse:
    """Words that make no command: what is wrong with them, and an example that works; neither is escaped."""

    problem: str
    example: str
    verb: Verb | None = None


Command = (
    Overview
    | Stats
    | ListIncidents
    | Top
    | Acknowledge
    | Resolve
    | AddSilence
    | ListSilences
    | EndSilence
    | AskResize
    | AskRollback
    | History
    | FreezeChanges
    | ThawChanges
    | AskReport
    | AskRoute
    | Help
    | AskDrill
    | Look
)


def _name(target: int | str) -> str:
    return f"#{target}" if isinstance(target, int) else quoted(target)
