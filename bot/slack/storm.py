"""Storms: one message for many services of a cluster: how many, since when, which most, on which host."""

from collections import Counter

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.metadata import Metadata

from bot.domain.group_key import OwnerKind
from bot.domain.incident import Phase
from bot.domain.storm import Host, Toll
from bot.domain.story import counted
from bot.domain.verdict import Verdict
from bot.slack.alert import COLORS
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import DateStyle, bold, code, date, escape, mention, struck
from bot.slack.push import utc

EVENT_TYPE = "oom_guard_storm"
ACKNOWLEDGE = "storm.acknowledge"
SILENCE = "storm.silence"
MOST_NAMED = 20
_HOST_ADVICE = "A host short of memory, or a neighbour without a hard limit, is the likely cause."
HEADLINES = {
    Verdict.OOM: "ran out of memory",
    Verdict.SUSPECTED_OOM: "may have run out of memory",
    Verdict.SILENT_KILL: "lost processes inside, and live on",
    Verdict.FAILURE: "failed",
    Verdict.MEMORY_WARNING: "are close to their memory limits",
    Verdict.NONE: "stopped",
}


def storm_message(toll: Toll, account_name: str, *, owner: str = "", late: str = "") -> Message:
    """The root message of a storm as it is now."""
    top = [_title(toll, account_name), _facts(toll), _state(toll, owner)]
    return Message(
        text=_push(toll, account_name),
        blocks=[section("\n".join(top), block_id=_block_id(toll, "title"))],
        attachments=[coloured(COLORS[toll.storm.phase], _details(toll, account_name, late))],
        metadata=Metadata(EVENT_TYPE, {"storm_id": str(toll.storm.id)}),
    )


def _title(toll: Toll, account_name: str) -> str:
    """`🌪️ *200 services* in *prod* ran out of memory · `prod-eu``."""
    emoji = {Phase.OPEN: "🌪️", Phase.ACKNOWLEDGED: "👀", Phase.RESOLVED: "🌤️"}[toll.storm.phase]
    where = bold(escape(toll.storm.place.cluster, 80))
    return (
        f"{emoji} {bold(_subjects(toll))} in {where} {HEADLINES[_verdict(toll)]} · {code(account_name, 80)}"
    )


def _facts(toll: Toll) -> str:
    kills = bold(counted(toll.kills, _verdict(toll)))
    if toll.storm.phase is Phase.RESOLVED:
        return f"{kills} · {date(toll.first_kill_at)} – {date(toll.last_kill_at, DateStyle.TIME)}"
    on_hosts = sum(host.kills for host in toll.shared_hosts)
    where = "one host" if len(toll.shared_hosts) == 1 else "two hosts"
    hosts = f" · {on_hosts:,} of them on {bold(where)}" if on_hosts else ""
    return f"{kills} since {date(toll.first_kill_at)}{hosts}"


def _state(toll: Toll, owner: str) -> str:
    storm = toll.storm
    if storm.phase is Phase.RESOLVED:
        said = f"{struck('Storm')} → {bold('Over')}"
    elif storm.phase is Phase.ACKNOWLEDGED:
        said = f"{struck('Storm')} → {bold('Acknowledged')}"
    else:
        said = f"{bold('Storm')}: one message for {len(toll.incidents):,} incidents"
    by = f"by {mention(storm.acknowledged_by)}" if storm.acknowledged_by else ""
    if storm.phase is Phase.RESOLVED and by:
        by = f"acknowledged {by}"
    is_news = 0 < toll.open_count < len(toll.incidents) or (toll.open_count and toll.storm.ended_at)
    left = f"{toll.open_count:,} not acknowledged" if is_news else ""
    who = f"owner {mention(owner)}" if owner else ""
    return " · ".join(part for part in (f"{said} {by}" if by else said, left, who) if part)


def _details(toll: Toll, account_name: str, late: str) -> list[Block]:
    blocks: list[Block] = []
    if toll.shared_hosts:
        label = bold("Same host" if len(toll.shared_hosts) == 1 else "Same hosts")
        told = f"{label}  {_hosts(toll)}. {_HOST_ADVICE}"
        blocks.append(section(told, block_id=_block_id(toll, "host")))
    blocks.append(section(_names(toll), block_id=_block_id(toll, "services")))
    if row := _buttons(toll):
        blocks.append(ActionsBlock(elements=row, block_id=_block_id(toll, "controls")))
    blocks.append(context(_footer(toll, account_name, late), block_id=_block_id(toll, "footer")))
    return blocks


def _names(toll: Toll) -> str:
    """The services with the most kills, and how many more there are: `Hit most  checkout-api ×12 · search · …`."""
    killed: Counter[str] = Counter()
    for incident in toll.incidents:
        killed[incident.group_key.name or incident.group_key.container] += toll.kills_of.get(incident.id, 0)
    ranked = sorted(killed.items(), key=lambda item: (-item[1], item[0]))
    shown = [
        " ".join(
            part for part in (escape(name, 60) or "a task", bold(f"×{kills:,}") if kills > 1 else "") if part
        )
        for name, kills in ranked[:MOST_NAMED]
    ]
    more = len(ranked) - len(shown)
    label = "Hit most" if ranked[0][1] > ranked[-1][1] else "Services"
    told = f"{bold(label)}  {' · '.join(shown)}"
    return f"{told} · and {more:,} more: `/oom list`" if more else told


def _buttons(toll: Toll) -> list[ButtonElement]:
    value = str(toll.storm.id)
    row = []
    if toll.open_count:
        row.append(ButtonElement(text="Acknowledge all", action_id=ACKNOWLEDGE, value=value, style="primary"))
    if toll.storm.phase is not Phase.RESOLVED:
        row.append(ButtonElement(text="Silence cluster…", action_id=SILENCE, value=value))
    return row


def _footer(toll: Toll, account_name: str, late: str) -> str:
    place = toll.storm.place
    name = "" if account_name == place.account else f"{escape(account_name, 80)} "
    parts = [
        f"cluster {code(place.cluster, 80)}",
        f"{name}{code(place.account, 20)}",
        escape(place.region, 40),
        f"storm {toll.storm.id}",
        "a kill after it is over gets an alert of its own",
        escape(late, 100),
    ]
    return " · ".join(part for part in parts if part)


def _push(toll: Toll, account_name: str) -> str:
    """What a phone's lock screen says: escaped, no markup, at most 300 characters."""
    since = f"since {utc(toll.first_kill_at)}"
    over = toll.storm.phase is Phase.RESOLVED
    when = f"{utc(toll.first_kill_at)} to {utc(toll.last_kill_at)}" if over else since
    state = {Phase.OPEN: "Open", Phase.ACKNOWLEDGED: "Acknowledged", Phase.RESOLVED: "Over"}[toll.storm.phase]
    host = "" if over or not toll.shared_hosts else " Most on the same host."
    what = f"{_subjects(toll)} in cluster {escape(toll.storm.place.cluster, 40)} {HEADLINES[_verdict(toll)]}"
    return (
        f"OOM storm in {escape(account_name, 40)}: {what} "
        f"({counted(toll.kills, _verdict(toll))}, {when}). {state}.{host}"
    )


def _subjects(toll: Toll) -> str:
    keys = {(incident.group_key.kind, incident.group_key.name) for incident in toll.incidents}
    word = "service" if all(kind is OwnerKind.SERVICE for kind, _ in keys) else "task group"
    return f"{len(keys):,} {word}{'' if len(keys) == 1 else 's'}"


def _hosts(toll: Toll) -> str:
    return " and ".join(f"{host.kills:,} on {_host(host)}" for host in toll.shared_hosts)


def _host(host: Host) -> str:
    return f"host {code(host.arn.rpartition('/')[2], 60)}"


def _verdict(toll: Toll) -> Verdict:
    return min((incident.verdict for incident in toll.incidents), key=lambda verdict: verdict.severity)


def _block_id(toll: Toll, part: str) -> str:
    # Slack asks for new block_ids with every update; the generation grows with every change.
    return f"storm.{toll.storm.id}.{toll.storm.generation}.{part}"
