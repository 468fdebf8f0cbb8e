"""Refusals: why something was not done, in a sentence; never silence."""

from bot.domain.telling.language import say
from bot.slack.answers.answer import Answer, sentence
from bot.slack.mrkdwn import code


def unavailable() -> Answer:
    """The store did not answer in time."""
    return sentence(
        say("⏳ My store does not answer right now. Try again in a minute: asking twice does no harm.")
    )


def failed(error_id: str) -> Answer:
    """Something broke; the id is in the log."""
    return sentence(say("💥 That went wrong on my side. The log tells more under {id}.", id=code(error_id)))


def no_incident(number: int) -> Answer:
    """There is no such incident (any more)."""
    return sentence(
        say(
            "🤷 There is no incident #{number}: it may be too old, or gone. {command} shows the unfinished ones.",
            number=number,
            command="`/oom list`",
        )
    )


def no_storm(number: int) -> Answer:
    """There is no such storm (any more)."""
    return sentence(
        say(
            "🤷 There is no storm #{number} any more. {command} shows the unfinished incidents.",
            number=number,
            command="`/oom list`",
        )
    )


def nothing_unfinished(name: str) -> Answer:
    """The subject has no incident to acknowledge or resolve."""
    return sentence(say("✅ {name} has no unfinished incident.", name=code(name, 120)))


def no_silence(number: int) -> Answer:
    """There is no such silence."""
    return sentence(
        say(
            "🤷 There is no silence #{number}. {command} shows those in force.",
            number=number,
            command="`/oom silences`",
        )
    )


def nothing_to_silence() -> Answer:
    """The incident belongs to no container, service or cluster: a silence of it would mute everything."""
    return sentence(say("🤷 This incident names no container, service or cluster that could be silent."))


def not_shareable() -> Answer:
    """Only answers that ask and change nothing may be shown to a channel."""
    return sentence(say("🤷 That answer can't be shared. Ask again with `/oom` and share the new one."))


def outdated() -> Answer:
    """A button or modal that says what no version of ours says."""
    return sentence(
        say("🤷 I don't understand this button: it may be from an older version. Use `/oom help`.")
    )


def form_too_late() -> Answer:
    """Slack gives three seconds to open a form."""
    return sentence(
        say("⏳ I was too slow to open the form. Press the button again, or type `/oom silence`.")
    )
