"""Replies: what the thread under an alert is told, one message a fact.

A person who clicked is named in the alert, which is edited, and not here, where naming would notify them.
"""

from collections.abc import Sequence

from bot.domain.alert.story import Story
from bot.domain.calendar.duration import rough
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Resolution
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject import console
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import sentences
from bot.slack.alert import subject
from bot.slack.blocks import context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, code, date, escape, link, mention
from bot.slack.push import named, push
from bot.slack.whom import whom

GROUPED = mark(
    "Further kills of this container count up in the message above; only the first few are told here."
)
ORDINALS = {
    Verdict.OOM: mark("Kill {number}"),
    Verdict.SUSPECTED_OOM: mark("Suspected kill {number}"),
    Verdict.SILENT_KILL: mark("Silent kill {number}"),
    Verdict.FAILURE: mark("Failure {number}"),
    Verdict.MEMORY_WARNING: mark("Warning {number}"),
    Verdict.NONE: mark("Stop {number}"),
}
CONFIDENCES = {
    Confidence.CERTAIN: mark("certain"),
    Confidence.LIKELY: mark("likely"),
    Confidence.UNSURE: mark("unsure"),
}


def details(story: Story) -> Message:
    """The first reply: everything the event told of the newest death."""
    newest = story.newest
    if newest is None:
        return _reply(say("Details of {name}: the event told nothing more.", name=named(story)))
    reason = escape(newest.reason, 1200) or say("none given")
    short = escape(newest.reason, 150) or say("no reason given")
    rows = _fields(_death_rows(newest))
    return Message(
        text=say("Details of {name}: {reason}", name=named(story), reason=short),
        blocks=[
            section(f"{bold(say('Reason'))}  {reason}", fields=rows),
            context(_pages(story)),
            context(say(GROUPED)),
        ],
    )


def further_kill(story: Story, death: Death, number: int) -> Message:
    """One more death of the same group key; `number` counts from the incident's first."""
    word = say(ORDINALS[death.verdict], number=number)
    lifetime = "" if death.lifetime_s is None else say("after {span}", span=rough(death.lifetime_s))
    exit_code = (
        say("no exit code") if death.exit_code is None else say("exit code {code}", code=death.exit_code)
    )
    task_id = console.task_id(death.task_arn)
    task = link(console.task(death.group_key, death.task_arn), task_id[:8]) if task_id else ""
    revision = console.revision(death.task_definition_arn)
    facts = (
        bold(word),
        " ".join(part for part in (date(death.died_at), lifetime) if part),
        say("task {task}", task=task) if task else "",
        exit_code,
        code(revision, 80) if revision else "",
    )
    return _reply(
        _plainly(word, named(story), lifetime, exit_code), " · ".join(fact for fact in facts if fact)
    )


def _plainly(what: str, name: str, lifetime: str, exit_code: str) -> str:
    if not lifetime:
        return say("{what} of {name}, {exit_code}.", what=what, name=name, exit_code=exit_code)
    return say(
        "{what} of {name} {lifetime}, {exit_code}.",
        what=what,
        name=name,
        lifetime=lifetime,
        exit_code=exit_code,
    )


def silence_began(silence: Silence) -> Message:
    """The incident is muted from now on."""
    told = say("{silenced} until {when}", silenced=bold(say("Silenced")), when=date(silence.ends_at))
    if silence.reason:
        told = say("{label}: {words}", label=told, words=escape(silence.reason))
    counted_on = say("Kills go on being counted above.")
    return _reply(
        say("Silenced: {reason}", reason=escape(silence.reason, 200) or say("no reason given")),
        f"🔕 {told}\n{counted_on}",
    )


def silence_ended(story: Story, silence: Silence) -> Message:
    """The incident is no longer muted; whoever had muted it is told, as they may have to act now."""
    kills = escape(story.count, 60)
    so_far = say("{kills} so far", kills=kills)
    return _reply(
        say("The silence of {name} is over: {kills} so far.", name=named(story), kills=kills),
        f"🔔 {_ended(silence)} · {so_far}",
    )


def _ended(silence: Silence) -> str:
    whose = mention(silence.created_by) if silence.created_by else ""
    by = mention(silence.ended_by) if silence.ended_by else ""
    if whose and by:
        return say("The silence by {whose} was ended early by {who}", whose=whose, who=by)
    if by:
        return say("The silence was ended early by {who}", who=by)
    return say("The silence by {whose} is over", whose=whose) if whose else say("The silence is over")


def reopened(story: Story) -> Message:
    """It was resolved and happened again: shown in the channel too, and the owner is told again."""
    again = {
        Verdict.SUSPECTED_OOM: mark("may have been killed for memory again"),
        Verdict.SILENT_KILL: mark("lost processes inside again"),
        Verdict.FAILURE: mark("failed again"),
        Verdict.MEMORY_WARNING: mark("is close to its limit again"),
    }
    words = again.get(story.incident.verdict, mark("was killed again"))
    called = whom(story.unmentioned or Call(owner=story.owner))
    owner = f" · {called}" if called else ""
    when = date(story.incident.last_kill_at)
    what = say("{what} {happened}", what=subject(story), happened=say(words))
    markup = f"🔁 {say('{label}: {words}', label=bold(say('Reopened')), words=what)} · {when}{owner}"
    return Message(text=push(story), blocks=[section(markup)], broadcast=True)


def resolved(story: Story) -> Message:
    """The incident is over, and why."""
    incident = story.incident
    words = {
        Resolution.BY_PERSON: mark("A person resolved it."),
        Resolution.NOT_AN_OOM: mark("A person says that it was not an OOM."),
        Resolution.RETRACTED: mark("A later event of the same stop says that it was no memory kill."),
        Resolution.QUIET: mark("Nothing happened for the quiet time."),
    }[incident.resolution or Resolution.BY_PERSON]
    if incident.was_left_to_its_job:
        words = mark("Its Batch job tells of this attempt now: if it was a kill, the job has an alert.")
    in_all = say("{kills} in all; a further one reopens it.", kills=escape(story.count, 60))
    told = sentences([say(words), "" if story.signal is Verdict.NONE else in_all])
    return _reply(
        say("Resolved {name}: {told}", name=named(story), told=told),
        f"✅ {sentences([say('{sentence}.', sentence=bold(say('Resolved'))), told])}",
    )


def _reply(text: str, markup: str = "") -> Message:
    return Message(text=text, blocks=[section(markup or text)])


def _death_rows(death: Death) -> Sequence[tuple[str, str]]:
    digest = death.image_digest.removeprefix("sha256:")[:12]
    digest_line = "\n" + say("digest {digest}", digest=code(digest)) if digest else ""
    image = code(death.image, 200) + digest_line if death.image else ""
    host = " · ".join(
        escape(part, 80)
        for part in (
            death.launch_type,
            death.availability_zone,
            death.container_instance_arn.rpartition("/")[2],
        )
        if part
    )
    lived = "" if death.lifetime_s is None else rough(death.lifetime_s)
    lifetime = "\n" + say("{span} after its task started", span=lived) if lived else ""
    return (
        (say("Died"), date(death.died_at) + lifetime),
        (say("Started"), date(death.started_at) if death.started_at else ""),
        (say("Task"), code(console.task_id(death.task_arn) or death.task_arn, 200)),
        (
            say("Revision"),
            code(console.revision(death.task_definition_arn), 300) if death.task_definition_arn else "",
        ),
        (say("Image"), image),
        (say("Ran on"), host),
        (say("Started by"), escape(death.started_by, 150)),
        (say("Confidence"), say(CONFIDENCES[death.confidence])),
    )


def _fields(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{bold(name)}\n{value}" for name, value in rows if value]


def _pages(story: Story) -> str:
    links = story.links
    pages = ((links.task, say("Task")), (links.task_logs, say("Task logs")), (links.owner, links.owner_label))
    return " · ".join(link(url, label) for url, label in pages if url) or say(
        "No console page is known for it."
    )
