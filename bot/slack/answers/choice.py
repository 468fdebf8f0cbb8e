"""Choices: a name that may mean several subjects, or none exactly: the person picks."""

from collections.abc import Callable
from dataclasses import replace

from slack_sdk.models.blocks import ButtonElement, SectionBlock

from bot.domain.nearest import Likeness, Nearest
from bot.domain.subject import Subject
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
    question = f"Several are called {name}." if several else f"I know no {name}."
    question += " Which one?" if several else " Did you mean one of these?"
    told = "; ".join(place.plainly(subject, account_name) for subject in found.subjects)
    return Answer(
        text=f"{question} {told}.",
        body=[
            section(f"🤔 {question}"),
            *(
                _row(subject, account_name, buttons.run(number, "This one", words(subject)))
                for number, subject in enumerate(found.subjects)
            ),
        ],
        buttons=[] if several else _anyway(len(found.subjects), anyway),
    )


def _unknown(name: str, anyway: str) -> Answer:
    advice = "I know what was killed while I was watching: try `/oom list` or `/oom top 30d`."
    if anyway:
        advice += " Has it not died yet, as before a load test? It can be silenced by exactly this name."
    return replace(sentence(f"🤷 I know no kill of {name}. {advice}"), buttons=_anyway(0, anyway))


def _row(subject: Subject, account_name: place.AccountName, button: ButtonElement) -> SectionBlock:
    told = f"{bold(escape(subject.name, 120))}\n{place.where(subject, account_name)}"
    return section(told, accessory=button)


def _anyway(number: int, words: str) -> list[ButtonElement]:
    return [buttons.run(number, "Silence it anyway", words)] if words else []
