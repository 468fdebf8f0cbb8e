"""The grammar of reports: the words after `report`."""

import re
from dataclasses import dataclass
from typing import Self

from bot.domain.command.typed import WrongWords
from bot.domain.telling.language import say

SPANS = {"7d": 7, "14d": 14, "30d": 30}
EVERYWHERE = "all"  # in place of a channel: whatever channel it belongs to
_CSV = ("--csv", "csv", "—csv", "–csv")  # phones make a dash of two hyphens
_ID = re.compile(r"[CG][A-Z0-9]{6,30}")
_NAME = re.compile(r"#[^\s<>|#,]{1,80}|[^\W\d][\w-]{0,79}")  # without # it is what Slack made of a mention


@dataclass(frozen=True, slots=True)
class AskReport:
    """What went on in a channel's services in the last `days`, 7, 14 or 30.

    `channel` and `name` are its id and name as far as they are known; both "" for where it is asked. EVERYWHERE for
    all channels.
    `is_csv`: the kills and resizes themselves, as a file. `is_here`: nobody named the channel, it is asked there.
    """

    days: int = 7
    channel: str = ""
    name: str = ""
    is_csv: bool = False
    is_here: bool = False

    @classmethod
    def of(cls, channel: str, days: int, *, is_csv: bool = False) -> Self:
        """About a route's channel, which is an id or a name."""
        is_id = _ID.fullmatch(channel) is not None
        place = (channel, "") if is_id else ("", channel.removeprefix("#"))
        return cls(days, *place, is_csv=is_csv)

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        place = [self.channel] if self.channel else []
        place += [f"#{self.name}"] if self.name else []
        return " ".join(["report", f"{self.days}d", *place, *(_CSV[:1] if self.is_csv else ())])

    def means(self, channel: str) -> bool:
        """Whether this channel of a route, an id or a name, is the one that is asked for."""
        return bool(channel) and channel.removeprefix("#") in (self.channel, self.name)


def report(words: list[str]) -> AskReport:
    """`[7d|30d] [#channel] [--csv]`, in any order; raises WrongWords."""
    days, channel, name, is_csv = 0, "", "", False
    for word in words:
        if word.lower() in SPANS and not days:
            days = SPANS[word.lower()]
        elif word.lower() in _CSV:
            is_csv = True
        elif word.lower() == EVERYWHERE and not channel:
            channel = EVERYWHERE
        elif _ID.fullmatch(word.removeprefix("#")) and not channel:
            channel = word.removeprefix("#")
        elif _NAME.fullmatch(word) and not name:
            name = word.removeprefix("#")
        else:
            raise WrongWords(say("Only 7d or 30d, a channel and --csv can follow."))
    return AskReport(days or 7, channel, name, is_csv=is_csv)
