"""The incident list: what nobody has resolved yet, newest kill first."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.alert.story import counted as counted_kills
from bot.domain.command.command import ListIncidents
from bot.domain.incident.incident import Incident, Phase
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import alongside, clauses
from bot.slack.alert import SEVERITIES
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import section
from bot.slack.mrkdwn import DateStyle, bold, date, mention

PER_PAGE = 8
PHASES = {
    Phase.OPEN: mark("open"),
    Phase.ACKNOWLEDGED: mark("acknowledged"),
    Phase.RESOLVED: mark("resolved"),
}


def incident_list(
    page: int, incidents: Sequence[Incident], total: int, account_name: place.AccountName
) -> Answer:
    """One page of the unfinished incidents; `incidents` are those of this page, `total` counts all."""
    if not total:
        return sentence(say("✅ No unfinished incidents."))
    last = -(-total // PER_PAGE)
    if not incidents:
        return sentence(buttons.no_page(page, counted(total), last, "list"))
    told = clauses(_plainly(incident) for incident in incidents)
    return Answer(
        text=say("{what}: {told}.", what=paged(counted(total), page, last), told=told),
        body=[
            section(paged(bold(counted(total)), page, last)),
            *(row(incident, account_name) for incident in incidents),
        ],
        buttons=buttons.pages("list", page, is_last=page >= last),
        shareable_as=ListIncidents(page).typed,
    )


def paged(what: str, page: int, last: int) -> str:
    """`12 unfinished incidents, page 1 of 2`; without the page where there is one alone."""
    return say("{what}, page {page} of {last}", what=what, page=page, last=last) if last > 1 else what


def row(incident: Incident, account_name: place.AccountName) -> SectionBlock:
    """One incident in two lines, with a button that acknowledges it while nobody has."""
    key = incident.group_key
    head = f"{bold(f'#{incident.id}')} {place.who(key)} · {state(incident)}"
    facts = (
        kills(incident),
        say("last {when}", when=date(incident.last_kill_at, DateStyle.AGO)),
        place.where(Subject.of(key), account_name),
    )
    can_acknowledge = incident.phase is Phase.OPEN
    accessory = (
        buttons.also(incident.id, say("Acknowledge"), f"ack #{incident.id}") if can_acknowledge else None
    )
    return section(f"{head}\n{' · '.join(facts)}", accessory=accessory)


def state(incident: Incident) -> str:
    """`🔴 open`, or by whom it was acknowledged or resolved; mrkdwn."""
    if incident.phase is Phase.OPEN:
        state = say("open again" if incident.reopened_count else "open")
        return f"{SEVERITIES[incident.verdict]} {state}"
    if incident.phase is Phase.ACKNOWLEDGED:
        return say("👀 acknowledged by {who}", who=mention(incident.acknowledged_by))
    if incident.resolved_by:
        return say("✅ resolved by {who}", who=mention(incident.resolved_by))
    return say("✅ resolved")


def kills(incident: Incident) -> str:
    """`3 kills`, `1 suspected kill`."""
    return counted_kills(incident.kill_count, incident.verdict)


def counted(total: int) -> str:
    """`1 unfinished incident`, `2 unfinished incidents`."""
    return count(total, "{n} unfinished incident", "{n} unfinished incidents", n=total)


def _plainly(incident: Incident) -> str:
    name, phase = place.who(incident.group_key), say(PHASES[incident.phase])
    return alongside([f"#{incident.id} {name}", kills(incident), phase])
