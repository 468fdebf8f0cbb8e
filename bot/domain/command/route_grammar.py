"""The grammar of routes: the words after `route`."""

from dataclasses import dataclass

from bot.domain.command.typed import WrongWords, query
from bot.domain.command.words import quoted
from bot.domain.telling.language import say


@dataclass(frozen=True, slots=True)
class AskRoute:
    """Which route is taken by what `query` names, and why."""

    query: str

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"route {quoted(self.query)}"


def route(words: list[str]) -> AskRoute:
    """`<task>`; raises WrongWords."""
    if not words:
        raise WrongWords(say("Which service, task family, job or task?"))
    if len(words) > 1:
        raise WrongWords(say("Only a name can follow. Put a name with spaces in quotes."))
    return AskRoute(query(words[0]))
