"""The answer on a route: where alerts of something go and why, who is called, and where that is changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Block

from bot.domain.calendar.duration import rough
from bot.domain.command.command import Stats
from bot.domain.command.route_grammar import AskRoute
from bot.domain.incident.calling import Call
from bot.domain.incident.notice import Grouping
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import Condition, Route
from bot.domain.routing.signpost import Outcome, Rule, Signpost
from bot.domain.routing.tags import CHANNEL, OWNER, Source, Tags
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import commas, sentences
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.detours import channel_name, trouble
from bot.slack.mrkdwn import bold, code, date, escape

MOST_RULES = 12
_MOST_TAGS = 6
_MOST_PATTERNS = 5  # of one rule, and as many reasons
_LONGEST_SECTION = 2900
LANGUAGES = {"en": mark("English"), "zh-CN": mark("Simplified Chinese")}
VERDICTS = {
    Verdict.OOM: mark("kills"),
    Verdict.SUSPECTED_OOM: mark("suspected kills"),
    Verdict.SILENT_KILL: mark("silent kills"),
    Verdict.FAILURE: mark("failures"),
    Verdict.MEMORY_WARNING: mark("memory warnings"),
    Verdict.NONE: mark("stops"),
}

SOURCES = {
    Source.SERVICE: mark("of the service"),
    Source.DEFINITION: mark("of the task definition"),
    Source.JOB_DEFINITION: mark("of the job definition"),
    Source.CLUSTER: mark("of the cluster"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """All that the answer tells. `closed` is Slack's word for why the channel cannot be reached; None where nobody knows."""

    signpost: Signpost
    call: Call  # as of now, by name where nobody is mentioned
    owner_name: str
    grouping: Grouping
    closed: str | None = ""
    is_seen: bool = True  # whether it was ever killed
    like: tuple[str, ...] = field(default=())  # names that are close to what was typed


def route(way: Way, account_name: place.AccountName) -> Answer:
    """Channel and owner first, then what led there."""
    sign = way.signpost
    head = _head(way)
    body: list[Block] = [section("\n".join([head, _where(way, account_name), *_manner(way)]))]
    body += _sections([bold(say("Rules, in their order")), *_rules(sign)])
    body += _sections([bold(say("AWS tags")), *_tags(sign)])
    body.append(context(_advice(way)))
    return Answer(
        text=sentences([head, _owner(way)]),
        body=body,
        buttons=[buttons.also(0, say("Statistics"), Stats(str(sign.subject)).typed)] if way.is_seen else [],
        shareable_as=AskRoute(_name(way)).typed,
    )


def _sections(lines: Iterable[str]) -> list[Block]:
    """The lines in as few sections as hold them: very long names and patterns do not fit into one."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) < _LONGEST_SECTION:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [section(part) for part in parts]


def _name(way: Way) -> str:
    subject = way.signpost.subject
    if way.is_seen:
        return str(subject)
    return "/".join(part for part in (subject.cluster, subject.name) if part)


def _head(way: Way) -> str:
    name, channel = bold(escape(way.signpost.subject.name, 120)), channel_name(way.signpost.route.channel)
    if way.closed:
        return "🧭 " + say("Alerts of {name} belong to {channel}.", name=name, channel=channel)
    if way.signpost.is_certain:
        return "🧭 " + say("Alerts of {name} go to {channel}.", name=name, channel=channel)
    return "🧭 " + say(
        "Alerts of {name} go to {channel}, unless a rule takes them of which I know too little.",
        name=name,
        channel=channel,
    )


def _where(way: Way, account_name: place.AccountName) -> str:
    if way.is_seen:
        return place.where(way.signpost.subject, account_name)
    close = commas([code(one, 80) for one in way.like])
    if close:
        return say("I have never seen it die. Close to it: {names}.", names=close)
    return say("I have never seen it die: this is what the rules say of its name.")


def _manner(way: Way) -> Iterator[str]:
    """Channel, owner, language, verdicts and gathering, a line each."""
    taken = way.signpost.route
    if way.closed:
        yield "⚠️ " + trouble(taken.channel, way.closed)
        last_resort = channel_name(way.signpost.rules[-1].route.channel)
        yield say("Until then they go to {channel}.", channel=last_resort)
    elif way.closed is None:
        yield say("Whether I can post there is not known: Slack did not tell.")
    else:
        yield say("I can post there.")
    yield f"👤 {_owner(way)}"
    asked = commas([say(VERDICTS[one]) for one in sorted(taken.verdicts, key=lambda one: one.severity)])
    yield say("Told in {language}: {verdicts}.", language=say(LANGUAGES[taken.language]), verdicts=asked)
    yield _gathering(way.grouping)


def _owner(way: Way) -> str:
    """Whether the owner is mentioned now, in plain words: this answer mentions nobody."""
    call, name = way.call, escape(way.owner_name, 80)
    if not call.owner:
        return say("Nobody is mentioned: no owner is named.")
    if call.is_mentioned:
        return say("{name} is mentioned in a new alert now.", name=name)
    if call.hours_begin is None:
        return say("{name} is named and never mentioned.", name=name)
    begin = date(call.hours_begin)
    return say("{name} is not mentioned now: working hours begin {moment}.", name=name, moment=begin)


def _gathering(grouping: Grouping) -> str:
    interval = rough(grouping.interval.total_seconds())
    if not grouping.wait:
        return say("The first kill is shown at once, further ones every {interval}.", interval=interval)
    wait = rough(grouping.wait.total_seconds())
    return say(
        "Kills are gathered for {wait} before the first alert, further ones every {interval}.",
        wait=wait,
        interval=interval,
    )


def _rules(sign: Signpost) -> Iterator[str]:
    """Those up to the one that is taken, at least; the rest is counted."""
    rules = list(sign.rules)
    at = rules.index(sign.taken)
    begin = max(0, at - MOST_RULES + 1)
    if begin:
        yield count(begin, "… {n} earlier one is not taken", "… {n} earlier ones are not taken")
    for rule in rules[begin : begin + MOST_RULES]:
        yield _rule(rule)
    left = len(rules) - begin - MOST_RULES
    if left > 0:
        yield count(left, "… {n} more is not tried", "… {n} more are not tried")


def _rule(rule: Rule) -> str:
    patterns = [f"{escape(name, 60)} {code(pattern, 60)}" for name, pattern in _patterns(rule.route)]
    patterns = [*patterns[:_MOST_PATTERNS], *(["…"] if len(patterns) > _MOST_PATTERNS else [])]
    what = commas(patterns) if patterns else say("everything")
    if rule.number == 0:
        what = say("default")
    leads = f"{what} → {channel_name(rule.route.channel)}"
    numbered = f"{rule.number}. {leads}" if rule.number else leads
    if rule.outcome is Outcome.TAKEN:
        return f"✅ {bold(numbered)}"
    if rule.outcome is Outcome.NOT_TRIED:
        return f"◽ {numbered}"
    mark_, why = ("❓", _open) if rule.outcome is Outcome.OPEN else ("✖️", _unmet)
    reasons = commas([why(one) for one in rule.against if _tells(rule, one)][:_MOST_PATTERNS])
    return f"{mark_} {say('{what}: {words}', what=numbered, words=reasons)}"


def _tells(rule: Rule, condition: Condition) -> bool:
    """What is surely not met tells more than what nobody knows."""
    return rule.outcome is Outcome.OPEN or not condition.is_open


def _patterns(taken: Route) -> Iterator[tuple[str, str]]:
    for name, pattern in (("account", taken.account), ("cluster", taken.cluster), ("name", taken.name)):
        if pattern != "*":
            yield name, pattern
    for key, pattern in taken.tags.items():
        yield f"tag {key}", pattern


def _unmet(condition: Condition) -> str:
    if condition.value is None:
        return say("{field} is not there", field=escape(condition.field, 60))
    value = code(condition.value, 60)
    return say("{field} is {value}", field=escape(condition.field, 60), value=value)


def _open(condition: Condition) -> str:
    return say("{field} is not known", field=escape(condition.field, 60))


def _tags(sign: Signpost) -> Iterator[str]:
    tags = sign.tags
    if tags is None:
        yield say("Not read yet: they are read with the first kill.")
        return
    if tags.problem:
        yield "⚠️ " + say("They could not be read: {why}.", why=escape(tags.problem.rstrip(".。"), 300))
    shown = sorted(tags.found, key=lambda key: key not in (CHANNEL, OWNER))[:_MOST_TAGS]
    for key in shown:
        tag = tags.found[key]
        pair = f"{code(key, 100)} = {code(tag.value, 100)}"
        told = say("{words} ({more})", words=pair, more=say(SOURCES[tag.source]))
        yield f"{told} · {_worth(sign, tags, key)}" if key in (CHANNEL, OWNER) else told
    if left := len(tags.found) - len(shown):
        yield say("… and {number} more", number=left)
    if not tags.found and not tags.problem:
        yield say(
            "It has none: {channel} and {owner} would name them.", channel=code(CHANNEL), owner=code(OWNER)
        )


def _worth(sign: Signpost, tags: Tags, key: str) -> str:
    if key in tags.ignored:
        return say("ignored: this names nothing that can be reached")
    return say("wins over the rules") if sign.taken.route.tags_win else say("the rule above lets no tag win")


def _advice(way: Way) -> str:
    told = say(
        "Change it in the routes of {file} or {variable}, or by the tags {channel} and {owner}: docs/routing.md.",
        file=code("oomguard.toml"),
        variable=code("ROUTES"),
        channel=code(CHANNEL),
        owner=code(OWNER),
    )
    read = way.signpost.tags
    return (
        told if read is None else sentences([told, say("Tags as of {moment}.", moment=date(read.asked_at))])
    )
