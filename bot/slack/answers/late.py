"""Late answers: what a person is told at once and meanwhile, while AWS is being looked at."""

from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.fleet import counted
from bot.slack.mrkdwn import code


def coming(words: str) -> Answer:
    """It will follow."""
    return sentence(f"🔎 Looking at AWS for {code('/oom ' + words, 200)}. The answer follows here.")


def under_way(services: int | None) -> Answer:
    """It takes longer; how many services there are, where that is known."""
    if services is None:
        return sentence("🔎 Still counting your services…")
    return sentence(
        f"🔎 Looking at {counted(services)}… AWS is asked slowly, so as not to hinder your deployments."
    )


def took_too_long(words: str, seconds: float) -> Answer:
    """It was given up."""
    return sentence(
        f"⏳ {code('/oom ' + words, 200)} took longer than {seconds / 60:.0f} minutes. "
        "Ask for one cluster (`/oom audit prod`) or for a shorter time."
    )


def gave_up(words: str) -> Answer:
    """It could not be answered, though it was tried."""
    return sentence(f"💥 I could not answer {code('/oom ' + words, 200)}. Ask again, please.")


def failed(words: str, error: str) -> Answer:
    """Something broke; the log tells more."""
    return sentence(
        f"💥 {code('/oom ' + words, 200)} went wrong on my side ({code(error, 60)}). The log tells more."
    )


def no_way_back() -> Answer:
    """There is no address to answer through later."""
    return sentence(
        "🤷 The answer takes a while, and Slack gave me no way to send it. Type the command, please."
    )
