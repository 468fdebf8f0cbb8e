"""The grammar of tests: the words after `test`."""

from dataclasses import dataclass

from bot.domain.command.typed import WrongWords
from bot.domain.command.words import quoted
from bot.domain.telling.language import say

LONGEST_CHANNEL = 80  # characters that Slack allows a channel's name


@dataclass(frozen=True, slots=True)
class AskDrill:
    """Send a synthetic kill through the whole path to this channel, by id or name; "" for the default one."""

    channel: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"test {quoted(self.channel)}" if self.channel else "test"


def test(words: list[str]) -> AskDrill:
    """`[channel]`; raises WrongWords."""
    if len(words) > 1 or len("".join(words)) > LONGEST_CHANNEL:
        raise WrongWords(say("Only one channel can follow."))
    return AskDrill(words[0].lstrip("#")) if words else AskDrill()
