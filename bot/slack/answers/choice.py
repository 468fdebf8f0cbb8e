"""Choices: a name that may mean several subjects, or none exactly: the person picks."""

from collections.abc import Callable
from dataclasses import replace

from slack_sdk.models.blocks import ButtonElement, SectionBlock

from bot.domain.subject.nearest import Likeness, Nearest
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses, sentences
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, escape


def choose(
    typed: str,
    found: Nearest,
    words: Callable[[Subject], str],
    account_name: place.AccountName,
    *,
    anyway: str = "",
) -> Answer:
    """Asks which subject is meant; `words` gives the command for each, `anyway` the one for none of them."""
    name = code(typed, 200)
    if not found.subjects:
        return _unknown(name, anyway)
    several = found.likeness in (Likeness.EXACT, Likeness.CASE)
    if several:
        question = say("Several are called {name}. Which one?", name=name)
    else:
        question = say("I know no {name}. Did you mean one of these?", name=name)
    told = clauses(place.plainly(subject, account_name) for subject in found.subjects)
    return Answer(
        text=sentences([question, say("{sentence}.", sentence=told)]),
        body=[
            section(f"🤔 {question}"),
            *(
                _row(subject, account_name, buttons.run(number, say("This one"), words(subject)))
                for number, subject in enumerate(found.subjects)
            ),
        ],
        buttons=[] if several else _anyway(len(found.subjects), anyway),
    )


def _unknown(name: str, anyway: str) -> Answer:
    told = [
        say("🤷 I know no kill of {name}.", name=name),
        say(
            "I know what was killed while I was watching: try {list} or {top}.",
            list="`/oom list`",
            top="`/oom top 30d`",
        ),
    ]
    if anyway:
        told.append(
            say("Has it not died yet, as before a load test? It can be silenced by exactly this name.")
        )
    return replace(sentence(sentences(told)), buttons=_anyway(0, anyway))


def _row(subject: Subject, account_name: place.AccountName, button: ButtonElement) -> SectionBlock:
    told = f"{bold(escape(subject.name, 120))}\n{place.where(subject, account_name)}"
    return section(told, accessory=button)


def _anyway(number: int, words: str) -> list[ButtonElement]:
    return [buttons.run(number, say("Silence it anyway"), words)] if words else []
