"""Late answers: what a person is told at once and meanwhile, while AWS is being looked at."""

from bot.domain.telling.language import count, say
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.fleet import counted
from bot.slack.mrkdwn import code


def under_way(services: int | None) -> Answer:
    """It takes longer; how many services there are, where that is known."""
    if services is None:
        return sentence(say("🔎 Still counting your services…"))
    return sentence(
        say(
            "🔎 Looking at {services}… AWS is asked slowly, so as not to hinder your deployments.",
            services=counted(services),
        )
    )


def examining(looks: int | None) -> Answer:
    """A checkup takes longer; how many looks it has, where that is known."""
    return sentence(
        count(
            looks or 0,
            "🩺 Examining {n} thing… One that does not answer is given up after 30 s.",
            "🩺 Examining {n} things… One that does not answer is given up after 30 s.",
        )
    )


def took_too_long(words: str, seconds: float) -> Answer:
    """It was given up."""
    return sentence(
        say(
            "⏳ {command} took longer than {minutes} minutes. Ask for one cluster ({example}) or for a shorter time.",
            command=code("/oom " + words, 200),
            minutes=f"{seconds / 60:.0f}",
            example="`/oom audit prod`",
        )
    )


def gave_up(words: str) -> Answer:
    """It could not be answered, though it was tried."""
    return sentence(
        say("💥 I could not answer {command}. Ask again, please.", command=code("/oom " + words, 200))
    )


def failed(words: str, error: str) -> Answer:
    """Something broke; the log tells more."""
    return sentence(
        say(
            "💥 {command} went wrong on my side ({error}). The log tells more.",
            command=code("/oom " + words, 200),
            error=code(error, 60),
        )
    )


def no_way_back() -> Answer:
    """There is no address to answer through later."""
    return sentence(
        say("🤷 The answer takes a while, and Slack gave me no way to send it. Type the command, please.")
    )
