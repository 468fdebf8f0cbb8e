"""The grammar of looks: the words after `near`, `scan`, `audit`, `waste` and `doctor`."""

from bot.domain.calendar import duration
from bot.domain.command.look import (
    LONGEST_SCAN,
    NEAR_SPANS,
    SHORTEST_SCAN,
    USUAL_SCAN,
    Examine,
    FindWaste,
    Inspect,
    NearMisses,
    ScanLogs,
)
from bot.domain.command.typed import WrongWords, query
from bot.domain.telling.language import say


def near(words: list[str]) -> NearMisses:
    """`[24h|7d]`; raises WrongWords."""
    span = duration.parse(words[0]) if words else NEAR_SPANS[-1]
    if len(words) > 1 or span not in NEAR_SPANS:
        raise WrongWords(say("Only a time can follow: 24h or 7d."))
    return NearMisses(span)


def scan(words: list[str]) -> ScanLogs:
    """`<service> [24h]`; raises WrongWords."""
    if not words:
        raise WrongWords(say("Which service's logs?"))
    span = duration.parse(words[1]) if len(words) > 1 else USUAL_SCAN
    if len(words) > 2 or span is None or not SHORTEST_SCAN <= span <= LONGEST_SCAN:
        raise WrongWords(say("After the service only a time can follow, 1h to 7d."))
    return ScanLogs(query(words[0]), span)


def audit(words: list[str]) -> Inspect:
    """`[cluster]`; raises WrongWords."""
    if len(words) > 1:
        raise WrongWords(say("Only one cluster can follow."))
    return Inspect(query(words[0])) if words else Inspect()


def waste(words: list[str]) -> FindWaste:
    """Nothing; raises WrongWords."""
    if words:
        raise WrongWords(say("Nothing can follow."))
    return FindWaste()


def doctor(words: list[str]) -> Examine:
    """Nothing; raises WrongWords."""
    if words:
        raise WrongWords(say("Nothing can follow."))
    return Examine()
