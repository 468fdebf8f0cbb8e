"""The incident list: what nobody has resolved yet, newest kill first."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.command import ListIncidents
from bot.domain.incident import Incident, Phase
from bot.domain.story import counted as counted_kills
from bot.domain.subject import Subject
from bot.slack.alert import SEVERITIES
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import section
from bot.slack.mrkdwn import DateStyle, bold, date, mention

PER_PAGE = 8


def incident_list(
    page: int, incidents: Sequence[Incident], total: int, account_name: place.AccountName
) -> Answer:
    """One page of the unfinished incidents; `incidents` are those of this page, `total` counts all."""
    if not total:
        return sentence("✅ No unfinished incidents.")
    last = -(-total // PER_PAGE)
    if not incidents:
        return sentence(buttons.no_page(page, counted(total), last, "list"))
    number = f", page {page} of {last}" if last > 1 else ""
    told = "; ".join(_plainly(incident) for incident in incidents)
    return Answer(
        text=f"{counted(total)}{number}: {told}.",
        body=[
            section(f"{bold(counted(total))}{number}"),
            *(row(incident, account_name) for incident in incidents),
        ],
        buttons=buttons.pages("list", page, is_last=page >= last),
        shareable_as=ListIncidents(page).typed,
    )


def row(incident: Incident, account_name: place.AccountName) -> SectionBlock:
    """One incident in two lines, with a button that acknowledges it while nobody has."""
    key = incident.group_key
    head = f"{bold(f'#{incident.id}')} {place.who(key)} · {state(incident)}"
    facts = (
        f"{kills(incident)} · last {date(incident.last_kill_at, DateStyle.AGO)}"
        f" · {place.where(Subject.of(key), account_name)}"
    )
    can_acknowledge = incident.phase is Phase.OPEN
    accessory = buttons.also(incident.id, "Acknowledge", f"ack #{incident.id}") if can_acknowledge else None
    return section(f"{head}\n{facts}", accessory=accessory)


def state(incident: Incident) -> str:
    """`🔴 open`, or by whom it was acknowledged or resolved; mrkdwn."""
    if incident.phase is Phase.OPEN:
        return f"{SEVERITIES[incident.verdict]} open{' again' if incident.reopened_count else ''}"
    if incident.phase is Phase.ACKNOWLEDGED:
        return f"👀 acknowledged by {mention(incident.acknowledged_by)}"
    return "✅ resolved" + (f" by {mention(incident.resolved_by)}" if incident.resolved_by else "")


def kills(incident: Incident) -> str:
    """`3 kills`, `1 suspected kill`."""
    return counted_kills(incident.kill_count, incident.verdict)


def counted(total: int) -> str:
    """`1 unfinished incident`, `2 unfinished incidents`."""
    return f"{total} unfinished incident{'' if total == 1 else 's'}"


def _plainly(incident: Incident) -> str:
    return f"#{incident.id} {place.who(incident.group_key)}, {kills(incident)}, {incident.phase.value}"
