"""Replies: what the thread under an alert is told, one message a fact.

A person who clicked is named in the alert, which is edited, and not here, where naming would notify them.
"""

from collections.abc import Sequence

from bot.domain import console
from bot.domain.death import Death
from bot.domain.duration import rough
from bot.domain.incident import Resolution
from bot.domain.silence import Silence
from bot.domain.story import Story, counted
from bot.domain.verdict import Verdict
from bot.slack.alert import subject
from bot.slack.blocks import context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, code, date, escape, link, mention
from bot.slack.push import named, push

GROUPED = "Further kills of this container count up in the message above; only the first few are told here."


def details(story: Story) -> Message:
    """The first reply: everything the event told of the newest death."""
    newest = story.newest
    if newest is None:
        return _reply(f"Details of {named(story)}: the event told nothing more.")
    reason = escape(newest.reason, 1200) or "none given"
    text = f"Details of {named(story)}: {escape(newest.reason, 150) or 'no reason given'}"
    rows = _fields(_death_rows(newest))
    return Message(
        text=text,
        blocks=[
            section(f"{bold('Reason')}  {reason}", fields=rows),
            context(_pages(story)),
            context(GROUPED),
        ],
    )


def further_kill(story: Story, death: Death, number: int) -> Message:
    """One more death of the same group key; `number` counts from the incident's first."""
    word = counted(1, death.verdict).removeprefix("1 ").capitalize()
    lifetime = "" if death.lifetime_s is None else f" after {rough(death.lifetime_s)}"
    exit_code = "no exit code" if death.exit_code is None else f"exit code {death.exit_code}"
    task_id = console.task_id(death.task_arn)
    task = f" · task {link(console.task(death.group_key, death.task_arn), task_id[:8])}" if task_id else ""
    revision = console.revision(death.task_definition_arn)
    shown = f" · {code(revision, 80)}" if revision else ""
    return _reply(
        f"{word} {number} of {named(story)}{lifetime}, {exit_code}.",
        f"{bold(f'{word} {number}')} · {date(death.died_at)}{lifetime}{task} · {exit_code}{shown}",
    )


def silence_began(silence: Silence) -> Message:
    """The incident is muted from now on."""
    reason = f": {escape(silence.reason)}" if silence.reason else ""
    return _reply(
        f"Silenced: {escape(silence.reason, 200) or 'no reason given'}",
        f"🔕 {bold('Silenced')} until {date(silence.ends_at)}{reason}\nKills go on being counted above.",
    )


def silence_ended(story: Story, silence: Silence) -> Message:
    """The incident is no longer muted; whoever had muted it is told, as they may have to act now."""
    whose = f" by {mention(silence.created_by)}" if silence.created_by else ""
    how = f"was ended early by {mention(silence.ended_by)}" if silence.ended_by else "is over"
    return _reply(
        f"The silence of {named(story)} is over: {escape(story.count, 60)} so far.",
        f"🔔 The silence{whose} {how} · {escape(story.count, 60)} so far",
    )


def reopened(story: Story) -> Message:
    """It was resolved and happened again: shown in the channel too, and the owner is told again."""
    again = {
        Verdict.SUSPECTED_OOM: "may have been killed for memory again",
        Verdict.SILENT_KILL: "lost processes inside again",
        Verdict.FAILURE: "failed again",
        Verdict.MEMORY_WARNING: "is close to its limit again",
    }
    words = again.get(story.incident.verdict, "was killed again")
    owner = f" · owner {mention(story.owner)}" if story.owner else ""
    when = date(story.incident.last_kill_at)
    markup = f"🔁 {bold('Reopened')}: {subject(story)} {words} · {when}{owner}"
    return Message(text=push(story), blocks=[section(markup)], broadcast=True)


def resolved(story: Story) -> Message:
    """The incident is over, and why."""
    incident = story.incident
    words = {
        Resolution.BY_PERSON: "A person resolved it.",
        Resolution.NOT_AN_OOM: "A person says that it was not an OOM.",
        Resolution.RETRACTED: "A later event of the same stop says that it was no memory kill.",
        Resolution.QUIET: "Nothing happened for the quiet time.",
    }[incident.resolution or Resolution.BY_PERSON]
    in_all = (
        f" {escape(story.count, 60)} in all; a further one reopens it."
        if story.signal is not Verdict.NONE
        else ""
    )
    told = f"{words}{in_all}"
    return _reply(f"Resolved {named(story)}: {told}", f"✅ {bold('Resolved')}. {told}")


def _reply(text: str, markup: str = "") -> Message:
    return Message(text=text, blocks=[section(markup or text)])


def _death_rows(death: Death) -> Sequence[tuple[str, str]]:
    digest = death.image_digest.removeprefix("sha256:")[:12]
    image = code(death.image, 200) + (f"\ndigest {code(digest)}" if digest else "") if death.image else ""
    host = " · ".join(
        escape(part, 80)
        for part in (
            death.launch_type,
            death.availability_zone,
            death.container_instance_arn.rpartition("/")[2],
        )
        if part
    )
    lifetime = "" if death.lifetime_s is None else f"\n{rough(death.lifetime_s)} after its task started"
    return (
        ("Died", date(death.died_at) + lifetime),
        ("Started", date(death.started_at) if death.started_at else ""),
        ("Task", code(console.task_id(death.task_arn) or death.task_arn, 200)),
        (
            "Revision",
            code(console.revision(death.task_definition_arn), 300) if death.task_definition_arn else "",
        ),
        ("Image", image),
        ("Ran on", host),
        ("Started by", escape(death.started_by, 150)),
        ("Confidence", escape(death.confidence.value)),
    )


def _fields(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{bold(name)}\n{value}" for name, value in rows if value]


def _pages(story: Story) -> str:
    links = story.links
    pages = ((links.task, "Task"), (links.task_logs, "Task logs"), (links.owner, links.owner_label))
    return " · ".join(link(url, label) for url, label in pages if url) or "No console page is known for it."
