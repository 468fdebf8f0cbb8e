"""Alerts: the root message of an incident: five seconds at the top, details in one coloured attachment below."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata

from bot.domain.alert.resizable import is_advice_taken
from bot.domain.alert.story import Story
from bot.domain.diagnosis.diagnosis import Standing
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.subject import console
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.slack.answers.place import kind_in
from bot.slack.blocks import coloured, columns, context, section
from bot.slack.controls import controls, more, resize_row
from bot.slack.gist_lines import cause_line, fix_line
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, code, date, escape, link, mention, struck
from bot.slack.push import push
from bot.slack.resize import progress
from bot.slack.whom import whom

EVENT_TYPE = "oom_guard_incident"
COLORS = {Phase.OPEN: "#a30200", Phase.ACKNOWLEDGED: "#daa038", Phase.RESOLVED: "#2eb886"}
SUSPECTED_COLOR = (
    "#c4501b"  # open and not proven; colour is never the only sign: the emoji and the words say it, too
)
UNLIKELY_COLOR = "#868686"
WARNING_COLOR = "#e0b000"  # nothing died: yellow as its emoji, and never the red of a kill
SILENCED_COLOR = "#dddddd"
LONGEST_WHY = 120  # of a silence's reason: more pushes the limits off a phone's screen
SEVERITIES = {
    Verdict.OOM: "🔴",
    Verdict.SUSPECTED_OOM: "🟠",
    Verdict.SILENT_KILL: "🔇",
    Verdict.FAILURE: "❌",
    Verdict.MEMORY_WARNING: "🟡",
    Verdict.NONE: "⚪",
}


def alert(story: Story, chart: Block | None = None) -> Message:
    """The root message as the incident is now; short, and without its chart, once it is resolved."""
    incident = story.incident
    told = [] if story.is_over else [_facts(story), *_gist(story)]
    top = [_title(story), *told, _state(story), *_resize(story)]
    below = _summary(story) if story.is_over else _details(story, chart)
    return Message(
        text=push(story),
        blocks=[section("\n".join(line for line in top if line), block_id=_block_id(story, "title"))],
        attachments=[coloured(_color(story), below)],
        metadata=Metadata(EVENT_TYPE, {"incident_id": str(incident.id)}),
    )


def _title(story: Story) -> str:
    """What died, how and where: `🔴 *checkout-api* / `app` ran out of memory · `prod-eu``."""
    what = say("{what} {happened}", what=subject(story), happened=escape(story.headline, 60))
    return f"{_emoji(story)} {what} · {code(story.account_name, 80)}"


def subject(story: Story) -> str:
    """What died, with a link to its page: `*checkout-api* / `app``."""
    container = f" / {code(story.container, 80)}" if story.container else ""
    return bold(link(story.links.owner or story.links.task, story.subject)) + container


def _state(story: Story) -> str:
    """Where the incident stands, what it was before, by whom and since when."""
    incident = story.incident
    if incident.phase is Phase.RESOLVED:
        return f"{_before(story)} → {_resolution(story)}"
    if incident.phase is Phase.ACKNOWLEDGED:
        moment = f" · {date(incident.acknowledged_at)}" if incident.acknowledged_at else ""
        acknowledged = _by(bold(say("Acknowledged")), incident.acknowledged_by)
        said = f"{struck(say('Open'))} → {acknowledged}{moment}"
    elif incident.reopened_count:
        again = date(incident.reopened_at or incident.last_kill_at)
        said = f"{struck(say('Resolved'))} → {bold(say('Open again'))} · {again}"
    else:
        said = say("{open} since {when}", open=bold(say("Open")), when=date(incident.opened_at))
    return " · ".join(part for part in (said, _silenced(story), _owner(story)) if part)


def _resolution(story: Story) -> str:
    """Why and when it was resolved, and by whom where a person did it."""
    incident = story.incident
    why = incident.resolution or Resolution.BY_PERSON
    words = _resolved(why, incident)
    if why in (Resolution.BY_PERSON, Resolution.NOT_AN_OOM):
        words = _by(words, incident.resolved_by)
    return words + (f" · {date(incident.resolved_at)}" if incident.resolved_at else "")


def _resolved(why: Resolution, incident: Incident) -> str:
    resolved = bold(say("Resolved"))
    match why:
        case Resolution.BY_PERSON:
            return resolved
        case Resolution.NOT_AN_OOM:
            return say("{resolved} as not an OOM", resolved=resolved)
        case Resolution.RETRACTED if incident.was_left_to_its_job:
            return say("{resolved}: if it was a kill, its job has an alert", resolved=resolved)
        case Resolution.RETRACTED:
            return say("{resolved}: ECS took it back", resolved=resolved)
        case Resolution.QUIET:
            return say(
                "{resolved}: nothing since {when}", resolved=resolved, when=date(incident.last_kill_at)
            )


def _emoji(story: Story) -> str:
    if story.is_over:
        return "✅"
    if story.silence is not None:
        return "🔕"
    if story.incident.phase is Phase.ACKNOWLEDGED:
        return "👀"
    return "⚪" if story.standing is Standing.UNLIKELY else SEVERITIES[story.signal]


def _color(story: Story) -> str:
    incident = story.incident
    if story.silence is not None and not story.is_over:
        return SILENCED_COLOR
    if incident.phase is Phase.OPEN and story.signal is Verdict.SUSPECTED_OOM:
        return UNLIKELY_COLOR if story.standing is Standing.UNLIKELY else SUSPECTED_COLOR
    if incident.phase is Phase.OPEN and story.signal is Verdict.MEMORY_WARNING:
        return WARNING_COLOR
    return COLORS[incident.phase]


def _facts(story: Story) -> str:
    danger = "⚠️ " if story.ceiling.endangers_host else ""
    limit = danger + escape(story.ceiling.short, 60) if story.ceiling.short else ""
    facts = (bold(escape(story.count, 80)), limit, escape(story.lifetimes, 80))
    return " · ".join(fact for fact in facts if fact)


def _gist(story: Story) -> list[str]:
    """What it was and what to do, a line each, once somebody has looked; that it is being looked at, before."""
    gist = story.gist
    if gist is None:
        return [say("Investigating…")] if story.is_investigated and story.diagnosis is None else []
    fix = "" if is_advice_taken(story) else fix_line(gist)  # what is being done takes the place of the advice
    return [line for line in (cause_line(gist), fix) if line]


def _resize(story: Story) -> list[str]:
    """What is being done about its memory, and where that stands."""
    return progress.lines(story.resize) if story.resize else []


def _before(story: Story) -> str:
    return struck(say("Acknowledged" if story.incident.acknowledged_by else "Open"))


def _silenced(story: Story) -> str:
    if story.silence is None:
        return ""
    until = date(story.silence.ends_at)
    said = say("{silenced} until {when}", silenced=bold(say("Silenced")), when=until)
    return _by(said, story.silence.created_by)


def _by(done: str, person: str) -> str:
    """`*Resolved* by @alice`; without a person what was done alone."""
    return say("{done} by {who}", done=done, who=mention(person)) if person else done


def _owner(story: Story) -> str:
    return whom(story.unmentioned or Call(owner=story.owner))


def _details(story: Story, chart: Block | None) -> list[Block]:
    lines = [f"⚠️ {escape(warning)}" for warning in story.warnings]
    lines.append(f"{bold(say('Verdict'))}  {escape(story.verdict, 500)}")
    if story.advice:
        lines.append(f"{bold(say('Suggested'))}  {escape(story.advice)}")
    if story.silence is not None and story.silence.reason:
        lines.append(f"{bold(say('Silenced because'))}  {escape(story.silence.reason, LONGEST_WHY)}")
    return [
        section("\n".join(lines), block_id=_block_id(story, "details")),
        # Before the rest: on a phone nobody should have to scroll past it to acknowledge.
        controls(story, _block_id(story, "controls")),
        *([chart] if chart else []),
        columns(_fields(story), block_id=_block_id(story, "fields")),
        *_gaps(story),
        context(_footer(story), block_id=_block_id(story, "footer")),
    ]


def _gaps(story: Story) -> list[Block]:
    """What could not be looked at, in one line: the first with its missing permission, and how many more."""
    gaps = story.diagnosis.gaps if story.diagnosis else ()
    if not gaps:
        return []
    told = say("Not looked at: {what}", what=escape(gaps[0].rstrip(".。"), 200))
    if len(gaps) > 1:
        further = count(len(gaps) - 1, "{n} more, see Diagnosis", "{n} more, see Diagnosis")
        told = f"{told} · {further}"
    return [context(told, block_id=_block_id(story, "gaps"))]


def _fields(story: Story) -> list[str]:
    incident = story.incident
    is_service = incident.group_key.kind is OwnerKind.SERVICE
    unknown = say("not told by the event") if story.signal.is_kill else ""
    rows = (
        (say("Memory limits"), escape(story.ceiling.words) or unknown),
        (say("When"), _times(incident)),
        (say("Exit code"), escape(story.exit, 100)),
        (say("Revision"), _revisions(story)),
        (say("Launched by"), "" if is_service else escape(story.launcher, 150)),
        (say("Last 24 h"), escape(story.kills_24h, 100)),
    )
    return [f"{bold(name)}\n{value}" for name, value in rows if value]


def _times(incident: Incident) -> str:
    first, last = date(incident.first_kill_at), date(incident.last_kill_at)
    return say("first {first}\nlast {last}", first=first, last=last) if incident.kill_count > 1 else last


def _revisions(story: Story) -> str:
    newest, *older = [code(name, 100) for name in story.revisions[:4]] or [""]
    return say("{newest}, before it {older}", newest=newest, older=commas(older)) if older else newest


def _where(story: Story) -> str:
    key = story.incident.group_key
    name = "" if story.account_name == key.account else f"{escape(story.account_name, 80)} "
    cluster = code(key.cluster, 80) if key.cluster else ""
    return f"{kind_in(key.kind, cluster)} · {name}{code(key.account, 20)} · {escape(key.region, 40)}"


def _summary(story: Story) -> list[Block]:
    facts = (story.count, story.ceiling.short, story.lifetimes, *story.revisions[:1])
    told = "\n".join((" · ".join(escape(fact, 150) for fact in facts if fact), _where(story)))
    summary = section(told, accessory=more(story), block_id=_block_id(story, "summary"))
    return [summary, *resize_row(story, _block_id(story, "controls"))]


def _footer(story: Story) -> str:
    task = console.task_id(story.newest.task_arn) if story.newest else ""
    parts = (
        _where(story),
        say("incident {number}", number=story.incident.id),
        say("newest task {task}", task=link(story.links.task, task[:8])) if task else "",
        escape(story.late, 100),
        _recovered(story.recovered),
    )
    return " · ".join(part for part in parts if part)


def _recovered(kills: int) -> str:
    """That events were lost is for whoever runs OOM Guard; that nothing was, for all."""
    if not kills:
        return ""
    return count(
        kills, "{n} kill recovered: its event never came", "{n} kills recovered: their events never came"
    )


def _block_id(story: Story, part: str) -> str:
    # Slack asks for new block_ids with every update; the generation grows with every change.
    return f"incident.{story.incident.id}.{story.incident.generation}.{part}"
