"""Implied targets: in an alert's thread nobody has to name what it is about."""

from bot.domain.calendar import duration
from bot.domain.command.verb import BY_WORD
from bot.domain.command.words import quoted, split
from bot.domain.plan import amount
from bot.domain.subject.subject import Subject

_OF_TASK = frozenset({"stats", "ack", "resolve", "rollback", "history", "silence", "resize"})


def with_target(words: str, subject: Subject, container: str) -> str:
    """The words with the subject put in where they name none; as they are where they do, or need none."""
    first, *rest = split(words) or [""]
    verb = BY_WORD.get(first.lower())
    if verb is None or verb.name not in _OF_TASK or (rest and not _follows(verb.name, rest[0])):
        return words
    told = [verb.name, quoted(str(subject))]
    if verb.name == "resize" and container:
        told += ["--container", quoted(container)]
    return " ".join([*told, *map(quoted, rest)])


def _follows(verb: str, word: str) -> bool:
    """Whether the word can be no name: an amount, a time, an option."""
    if verb == "resize":
        return amount.is_amount(word) or word.startswith(("--", "–", "—"))
    return verb in ("silence", "stats") and duration.parse(word) is not None
