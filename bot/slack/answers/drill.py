"""Tests of the path: what the one who asked is told: that it began, why not, and how long each leg took."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block

from bot.domain.kills.drill import Drill, Stop, legs, stopped_at
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas, sentences
from bot.slack.answers import buttons
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, escape

_DOCTOR = "doctor"
_MOST_CHANNELS = 8


def begun(channel: str) -> Answer:
    """It is on its way."""
    return sentence(
        say(
            "🧪 A synthetic kill goes through EventBridge to {channel}. How long each leg took follows here, within a minute.",
            channel=shown(channel),
        )
    )


def too_soon(last: datetime, now: datetime) -> Answer:
    """One was begun a moment ago."""
    ago = max(0, round((now - last).total_seconds()))
    return sentence(
        count(
            ago,
            "⏳ A test began {n} second ago, and there is one a minute at most. Try again then.",
            "⏳ A test began {n} seconds ago, and there is one a minute at most. Try again then.",
        )
    )


def not_an_operator() -> Answer:
    """There is a policy, and it does not name them."""
    return sentence(say("🔒 You need the operator role to test the path. Nothing was sent."))


def read_only() -> Answer:
    """The kill switch is on."""
    return sentence(
        say(
            "🔒 This installation is read-only (OOM_READ_ONLY), so nothing is put on a bus of AWS. {doctor} only looks.",
            doctor=code("/oom doctor"),
        )
    )


def unknown_channel(wanted: str, known: Sequence[str]) -> Answer:
    """No route leads there: a test would prove nothing, and anybody could post anywhere."""
    names = commas(shown(one) for one in known[:_MOST_CHANNELS])
    return sentence(
        say(
            "🤷 No route leads to {wanted}. Channels that can be tested: {names}.",
            wanted=escape(wanted, 80),
            names=names,
        )
    )


def no_path() -> str:
    """Why nothing can be sent."""
    return say("there is neither a topic in SNS_TOPIC_ARNS nor a queue in SQS_QUEUE_URLS")


def outcome(drill: Drill) -> Answer:
    """How long each leg took, and where it stopped if it did not come through."""
    stop = stopped_at(drill)
    head = _arrived(drill) if stop is None else f"🔴 {say(stop.value)}"
    lines = [
        f"{'✅' if took is not None else '▫️'} {say(name)} {_after(took)}".rstrip()
        for name, took in legs(drill)
    ]
    body: list[Block] = [section(bold(head)), section("\n".join(lines))]
    if drill.error:
        body.append(section(say("What was said: {error}", error=escape(drill.error, 400))))
    advice = "" if stop is None else _advice(stop)
    if advice:
        body.append(section(advice))
    if drill.stamped_at is not None:
        stamped = say("EventBridge stamped the event with {time} UTC.", time=f"{drill.stamped_at:%H:%M:%S}")
        body.append(context(stamped))
    return Answer(
        text=sentences([head, advice]),
        body=body,
        buttons=[buttons.run(0, say("Doctor"), _DOCTOR)],
    )


def shown(channel: str) -> str:
    """A channel's id as a link, its name as a name."""
    if channel[:1] in ("C", "G") and channel.isalnum() and channel.isupper():
        return f"<#{channel}>"
    return f"#{escape(channel.lstrip('#'), 80)}"


def _arrived(drill: Drill) -> str:
    took = (drill.posted_at or drill.started_at) - drill.started_at
    return say(
        "✅ The path works: from EventBridge to {channel} in {time}.",
        channel=shown(drill.channel),
        time=_span(took),
    )


def _advice(stop: Stop) -> str:
    doctor = code("/oom doctor")
    match stop:
        case Stop.BUS:
            return say(
                "Check that my role may put events there (events:PutEvents, deploy/iam/bot.json). {doctor} tells what it may.",
                doctor=doctor,
            )
        case Stop.WAY:
            return say(
                "Check the rule that passes the source oomguard.test, the policy of the topic or queue, and the subscription. {doctor} looks at each.",
                doctor=doctor,
            )
        case Stop.CHANNEL:
            return say("Check the channel and my token. {doctor} looks at both.", doctor=doctor)


def _after(took: timedelta | None) -> str:
    return say("(not seen)") if took is None else say("after {time}", time=_span(took))


def _span(took: timedelta) -> str:
    seconds = took.total_seconds()
    if seconds < 1:
        return say("{n} ms", n=f"{seconds * 1000:.0f}")
    return say("{n} s", n=f"{seconds:.1f}")
