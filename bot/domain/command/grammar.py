"""The grammar of `/oom`: typed words in, a command or the misuse out."""

from collections.abc import Callable
from datetime import timedelta
from difflib import get_close_matches

from bot.domain.calendar import duration
from bot.domain.command import drill_grammar, look_grammar, report_grammar, resize_grammar, route_grammar
from bot.domain.command.command import (
    USUAL_SILENCE,
    Acknowledge,
    AddSilence,
    Command,
    EndSilence,
    Help,
    ListIncidents,
    ListSilences,
    Misuse,
    Overview,
    Resolve,
    Stats,
    Top,
    Window,
)
from bot.domain.command.typed import LONGEST_REASON, LONGEST_SHOWN, NUMBER, WrongWords, page, query
from bot.domain.command.verb import BY_WORD, VERBS
from bot.domain.command.words import quoted, split
from bot.domain.subject.silence import LONGEST as LONGEST_SILENCE
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas

SHORTEST_SILENCE = timedelta(hours=1)
ENDLESS = ("forever", "always", "indefinitely", "permanently")


def parse(text: str) -> Command | Misuse:
    """The command that was typed after `/oom`, or why it is none. Never raises."""
    words = split(text)
    if not words:
        return Overview()
    first, rest = words[0].lower(), words[1:]
    verb = BY_WORD.get(first)
    if verb is None:
        return _unknown(words)
    try:
        return _READERS[verb.name](rest)
    except WrongWords as wrong:
        return Misuse(str(wrong), verb.example, verb)


def _unknown(words: list[str]) -> Misuse:
    shown = words[0][:LONGEST_SHOWN]
    close = get_close_matches(shown.lower(), BY_WORD, n=1, cutoff=0.7)
    if close:
        verb = BY_WORD[close[0]]
        meant = " ".join([verb.name, *map(quoted, words[1:])]) if len(words) > 1 else verb.example
        problem = say("I don't know “{word}”. Did you mean “{verb}”?", word=shown, verb=verb.name)
        return Misuse(problem, meant, verb)
    if len(words) == 1:
        problem = say("“{word}” is no verb. If it is a name, put a verb before it.", word=shown)
        return Misuse(problem, f"stats {quoted(shown)}")
    names = commas(verb.name for verb in VERBS)
    problem = say("I don't know “{word}”. A command starts with one of: {verbs}.", word=shown, verbs=names)
    return Misuse(problem, "help")


def _stats(words: list[str]) -> Stats:
    if not words:
        raise WrongWords(say("Which service, task family, job or task?"))
    name, window = query(words[0]), Window.WEEK
    if len(words) > 2:
        raise WrongWords(say("That is more than a name and a time. Put a name with spaces in quotes."))
    if len(words) == 2:
        window = _window(words[1])
    return Stats(name, window)


def _top(words: list[str]) -> Top:
    if len(words) > 1:
        raise WrongWords(say("Only a time can follow: 24h, 7d or 30d."))
    return Top(_window(words[0])) if words else Top()


def _list(words: list[str]) -> ListIncidents:
    return ListIncidents(page(words))


def _silences(words: list[str]) -> ListSilences:
    return ListSilences(page(words))


def _ack(words: list[str]) -> Acknowledge:
    return Acknowledge(_target(words))


def _resolve(words: list[str]) -> Resolve:
    return Resolve(_target(words))


def _silence(words: list[str]) -> AddSilence:
    if not words:
        raise WrongWords(say("Which service, task family or job shall be silent?"))
    name, rest = query(words[0]), words[1:]
    lasts = USUAL_SILENCE
    if rest and (rest[0][0].isdigit() or rest[0].lower() in ENDLESS):
        lasts, rest = _silence_length(rest[0]), rest[1:]
    return AddSilence(name, lasts, " ".join(rest)[:LONGEST_REASON])


def _unsilence(words: list[str]) -> EndSilence:
    number = NUMBER.fullmatch(words[0]) if len(words) == 1 else None
    if number is None:
        raise WrongWords(say("Which silence? Its number stands in `/oom silences`."))
    return EndSilence(int(number[1]))


def _help(words: list[str]) -> Help:
    return Help(BY_WORD.get(words[0].lower()) if words else None)


def _target(words: list[str]) -> int | str:
    if len(words) != 1:
        raise WrongWords(say("Which incident? Its number stands in the alert and in `/oom list`."))
    number = NUMBER.fullmatch(words[0])
    return int(number[1]) if number else query(words[0])


def _window(word: str) -> Window:
    span = duration.parse(word)
    for window in Window:
        if span == window.span:
            return window
    raise WrongWords(say("I can look back 24h, 7d or 30d, not “{word}”.", word=word[:LONGEST_SHOWN]))


def _silence_length(word: str) -> timedelta:
    if word.lower() in ENDLESS:
        raise WrongWords(say("A silence always ends: 2w is the longest."))
    lasts = duration.parse(word)
    if lasts is None:
        raise WrongWords(
            say(
                "“{word}” is no time that I know. Say 90m, 3h, 2d or 1w, then the reason.",
                word=word[:LONGEST_SHOWN],
            )
        )
    if not SHORTEST_SILENCE <= lasts <= LONGEST_SILENCE:
        raise WrongWords(say("A silence lasts 1h to 2w."))
    return lasts


_READERS: dict[str, Callable[[list[str]], Command]] = {
    "stats": _stats,
    "list": _list,
    "top": _top,
    "report": report_grammar.report,
    "route": route_grammar.route,
    "ack": _ack,
    "resolve": _resolve,
    "silence": _silence,
    "silences": _silences,
    "unsilence": _unsilence,
    "resize": resize_grammar.resize,
    "rollback": resize_grammar.rollback,
    "history": resize_grammar.history,
    "freeze": resize_grammar.freeze,
    "thaw": resize_grammar.thaw,
    "near": look_grammar.near,
    "scan": look_grammar.scan,
    "audit": look_grammar.audit,
    "waste": look_grammar.waste,
    "doctor": look_grammar.doctor,
    "test": drill_grammar.test,
    "help": _help,
}
