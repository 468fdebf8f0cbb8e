"""The grammar of changes: the words after `resize`, `rollback`, `history`, `freeze` and `thaw`."""

from bot.domain.command.command import AskResize, AskRollback, FreezeChanges, History, ThawChanges
from bot.domain.command.typed import LONGEST_REASON, LONGEST_SHOWN, WrongWords, page, query
from bot.domain.plan import amount
from bot.domain.telling.language import say

DASHES = "-–—"  # phones make one long dash of two
MOST_NAMES = 2  # the task and its container


def resize(words: list[str]) -> AskResize:
    """`<task> [container] [+512M|1.5x|2G|auto] [--dry-run] [--reason "…"]`, options anywhere."""
    names, sizes, options = _sorted(words)
    if not names:
        raise WrongWords(say("Which service, task family or job shall get other memory?"))
    if len(names) > MOST_NAMES:
        word, examples = names[MOST_NAMES][:LONGEST_SHOWN], say(amount.EXAMPLES)
        raise WrongWords(
            say("“{word}” is no amount of memory: try {examples}.", word=word, examples=examples)
        )
    if len(sizes) > 1:
        raise WrongWords(say("That is more than one amount of memory."))
    container = options.get("container") or (names[1] if len(names) == MOST_NAMES else "")
    return AskResize(
        query(names[0]),
        container=container[:255],
        amount=sizes[0] if sizes else "",
        is_dry_run="dry-run" in options,
        reason=options.get("reason", "")[:LONGEST_REASON],
    )


def rollback(words: list[str]) -> AskRollback:
    """`<task> [reason…]`."""
    if not words:
        raise WrongWords(say("Which service, task family or job shall get its old memory back?"))
    return AskRollback(query(words[0]), " ".join(words[1:])[:LONGEST_REASON])


def history(words: list[str]) -> History:
    """`<task> [page]`."""
    if not words:
        raise WrongWords(say("Whose history? Name a service, task family or job."))
    return History(query(words[0]), page(words[1:]))


def freeze(words: list[str]) -> FreezeChanges:
    """`[reason…]`."""
    return FreezeChanges(" ".join(words)[:LONGEST_REASON])


def thaw(words: list[str]) -> ThawChanges:
    """Nothing follows."""
    if words:
        raise WrongWords(say("Nothing can follow: it ends every freeze."))
    return ThawChanges()


def _sorted(words: list[str]) -> tuple[list[str], list[str], dict[str, str]]:
    """Names, amounts and options. What follows `--reason` belongs to it, up to the next option."""
    names: list[str] = []
    sizes: list[str] = []
    options: dict[str, str] = {}
    current = ""
    for word in words:
        if _is_option(word):
            current = word.strip(DASHES).lower()
            if current not in ("dry-run", "reason", "container"):
                raise WrongWords(_no_option(word[:LONGEST_SHOWN]))
            options[current] = ""
        elif current == "reason":
            options[current] = f"{options[current]} {word}".strip()
        elif current == "container" and not options[current]:
            options[current] = word
        elif names and amount.is_amount(word):
            sizes.append(word)
        else:
            names.append(word)
    return names, sizes, options


def _no_option(word: str) -> str:
    return say("I don't know the option “{word}”: there are --dry-run and --reason.", word=word)


def _is_option(word: str) -> bool:
    """Two dashes or a long one before letters; `-256M` is an amount."""
    rest = word.lstrip(DASHES)
    return rest != word and rest[:1].isalpha() and (word.startswith(("--", "–", "—")))
