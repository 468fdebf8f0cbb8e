"""Storms: one message for many services of a cluster: how many, since when, which most, on which host."""

from collections import Counter

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.metadata import Metadata

from bot.domain.alert.story import counted
from bot.domain.calendar.almanac import utc
from bot.domain.incident.calling import NOBODY, Call
from bot.domain.incident.incident import Phase
from bot.domain.incident.storm import Host, Toll
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import listed, sentences
from bot.slack.alert import COLORS
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import DateStyle, bold, code, date, escape, mention, struck
from bot.slack.whom import whom

EVENT_TYPE = "oom_guard_storm"
ACKNOWLEDGE = "storm.acknowledge"
SILENCE = "storm.silence"
MOST_NAMED = 10  # two or three lines: /oom list has the others
_HOST_ADVICE = mark("A host short of memory, or a neighbour without a hard limit, is the likely cause.")
_ADVICE = mark(
    "Look for what they share: a deployment, a load peak, a host, or something that all of them call."
)
HEADLINES = {
    Verdict.OOM: mark("ran out of memory"),
    Verdict.SUSPECTED_OOM: mark("may have run out of memory"),
    Verdict.SILENT_KILL: mark("lost processes inside, and live on"),
    Verdict.FAILURE: mark("failed"),
    Verdict.MEMORY_WARNING: mark("are close to their memory limits"),
    Verdict.NONE: mark("stopped"),
}
STATES = {Phase.OPEN: mark("Open"), Phase.ACKNOWLEDGED: mark("Acknowledged"), Phase.RESOLVED: mark("Over")}


def storm_message(toll: Toll, account_name: str, *, call: Call = NOBODY, late: str = "") -> Message:
    """The root message of a storm as it is now."""
    top = [_title(toll, account_name), _facts(toll), _state(toll, call)]
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
    happened = say(HEADLINES[_verdict(toll)])
    told = say(
        "{services} in {cluster} {happened}", services=bold(_subjects(toll)), cluster=where, happened=happened
    )
    return f"{emoji} {told} · {code(account_name, 80)}"


def _facts(toll: Toll) -> str:
    kills = bold(counted(toll.kills, _verdict(toll)))
    if toll.storm.phase is Phase.RESOLVED:
        return f"{kills} · {date(toll.first_kill_at)} – {date(toll.last_kill_at, DateStyle.TIME)}"
    on_hosts = sum(host.kills for host in toll.shared_hosts)
    told = say("{kills} since {when}", kills=kills, when=date(toll.first_kill_at))
    if not on_hosts:
        return told
    where = bold(say("one host" if len(toll.shared_hosts) == 1 else "two hosts"))
    of_them = count(on_hosts, "{n} of them on {host}", "{n} of them on {host}", host=where)
    return f"{told} · {of_them}"


def _state(toll: Toll, call: Call) -> str:
    storm = toll.storm
    was, who = struck(say("Storm")), mention(storm.acknowledged_by) if storm.acknowledged_by else ""
    if storm.phase is Phase.RESOLVED:
        said = f"{was} → {bold(say('Over'))}"
        said = say("{state} acknowledged by {who}", state=said, who=who) if who else said
    elif storm.phase is Phase.ACKNOWLEDGED:
        said = f"{was} → {bold(say('Acknowledged'))}"
        said = say("{done} by {who}", done=said, who=who) if who else said
    else:
        number = len(toll.incidents)
        said = count(
            number,
            "{storm}: one message for {n} incident",
            "{storm}: one message for {n} incidents",
            storm=bold(say("Storm")),
        )
    is_news = 0 < toll.open_count < len(toll.incidents) or (toll.open_count and toll.storm.ended_at)
    left = count(toll.open_count, "{n} not acknowledged", "{n} not acknowledged") if is_news else ""
    return " · ".join(part for part in (said, left, whom(call)) if part)


def _details(toll: Toll, account_name: str, late: str) -> list[Block]:
    blocks: list[Block] = []
    if toll.shared_hosts:
        label = bold(say("Same host" if len(toll.shared_hosts) == 1 else "Same hosts"))
        told = sentences([say("{sentence}.", sentence=_hosts(toll)), say(_HOST_ADVICE)])
        blocks.append(section(f"{label}  {told}", block_id=_block_id(toll, "host")))
    elif toll.storm.phase is not Phase.RESOLVED:
        blocks.append(
            section(f"{bold(say('Suggested'))}  {say(_ADVICE)}", block_id=_block_id(toll, "advice"))
        )
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
            part
            for part in (escape(name, 60) or say("a task"), bold(f"×{kills:,}") if kills > 1 else "")
            if part
        )
        for name, kills in ranked[:MOST_NAMED]
    ]
    more = len(ranked) - len(shown)
    label = say("Hit most" if ranked[0][1] > ranked[-1][1] else "Services")
    told = f"{bold(label)}  {' · '.join(shown)}"
    further = count(more, "and {n} more: `/oom list`", "and {n} more: `/oom list`")
    return f"{told} · {further}" if more else told


def _buttons(toll: Toll) -> list[ButtonElement]:
    value = str(toll.storm.id)
    row = []
    if toll.open_count:
        row.append(
            ButtonElement(text=say("Acknowledge all"), action_id=ACKNOWLEDGE, value=value, style="primary")
        )
    if toll.storm.phase is not Phase.RESOLVED:
        row.append(ButtonElement(text=say("Silence cluster…"), action_id=SILENCE, value=value))
    return row


def _footer(toll: Toll, account_name: str, late: str) -> str:
    place = toll.storm.place
    name = "" if account_name == place.account else f"{escape(account_name, 80)} "
    parts = [
        say("cluster {cluster}", cluster=code(place.cluster, 80)),
        f"{name}{code(place.account, 20)}",
        escape(place.region, 40),
        say("storm {number}", number=toll.storm.id),
        say("a kill after it is over gets an alert of its own"),
        escape(late, 100),
    ]
    return " · ".join(part for part in parts if part)


def _push(toll: Toll, account_name: str) -> str:
    """What a phone's lock screen says: escaped, no markup, at most 300 characters."""
    over, first = toll.storm.phase is Phase.RESOLVED, utc(toll.first_kill_at)
    last = utc(toll.last_kill_at)
    when = say("{low} to {high}", low=first, high=last) if over else say("since {when}", when=first)
    told = say(
        "OOM storm in {account}: {services} in cluster {cluster} {happened} ({kills}, {when}).",
        account=escape(account_name, 40),
        services=_subjects(toll),
        cluster=escape(toll.storm.place.cluster, 40),
        happened=say(HEADLINES[_verdict(toll)]),
        kills=counted(toll.kills, _verdict(toll)),
        when=when,
    )
    state = say("{sentence}.", sentence=say(STATES[toll.storm.phase]))
    hint = say("Most on the same host.") if toll.shared_hosts else say(_ADVICE)
    return sentences([told, state if over else hint, "" if over else state])


def _subjects(toll: Toll) -> str:
    keys = {(incident.group_key.kind, incident.group_key.name) for incident in toll.incidents}
    if all(kind is OwnerKind.SERVICE for kind, _ in keys):
        return count(len(keys), "{n} service", "{n} services")
    return count(len(keys), "{n} task group", "{n} task groups")


def _hosts(toll: Toll) -> str:
    return listed(_host(host) for host in toll.shared_hosts)


def _host(host: Host) -> str:
    name = code(host.arn.rpartition("/")[2], 60)
    return count(host.kills, "{n} on host {host}", "{n} on host {host}", host=name)


def _verdict(toll: Toll) -> Verdict:
    return min((incident.verdict for incident in toll.incidents), key=lambda verdict: verdict.severity)


def _block_id(toll: Toll, part: str) -> str:
    # Slack asks for new block_ids with every update; the generation grows with every change.
    return f"storm.{toll.storm.id}.{toll.storm.generation}.{part}"
