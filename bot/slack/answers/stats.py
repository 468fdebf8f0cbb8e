"""Statistics of one subject: kills per container and per day, times to death, the last kills, limits, incidents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as day
from datetime import datetime
from functools import partial

from slack_sdk.models.blocks import Block, ButtonElement

from bot.domain.alert.story import counted
from bot.domain.calendar.almanac import weekday_and_day
from bot.domain.calendar.duration import rough
from bot.domain.command.command import Stats, Window
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.incident.incident import Incident
from bot.domain.investigation.gist import gist
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.tally import ContainerStats, Lifetimes
from bot.domain.kills.verdict import Verdict
from bot.domain.sizing.calibration import HitRate
from bot.domain.subject import console
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import alongside, clauses
from bot.slack.answers import buttons, incident_list, place
from bot.slack.answers.answer import Answer
from bot.slack.answers.days import chart, peak
from bot.slack.blocks import context, section
from bot.slack.gist_lines import cause_line, fix_line
from bot.slack.mrkdwn import DateStyle, bold, code, date, escape, link

MOST_CONTAINERS = 8
MOST_KILLS = 5
MOST_INCIDENTS = 5
LimitsNow = Mapping[str, Limits] | str  # by container, or the reason why they are not known
SPANS = {Window.DAY: mark("24 hours"), Window.WEEK: mark("7 days"), Window.MONTH: mark("30 days")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the store knows of a subject."""

    subject: Subject
    window: Window
    since: datetime  # aware UTC: when the window begins
    containers: Sequence[ContainerStats]
    days: Sequence[tuple[day, int]]  # every UTC day of the window, oldest first
    last_kills: Sequence[Death]  # newest first, older than the window too
    unfinished: Sequence[Incident]
    not_an_oom: int = 0  # of the window's kills, those that a person marked so
    diagnosis: Diagnosis | None = None  # the latest, whatever the window
    hit_rate: HitRate | None = None  # of all raises that OOM Guard carried out; None: none is over yet

    @property
    def kills(self) -> int:
        """All kills within the window."""
        return sum(container.kills for container in self.containers)


def stats(report: Report, limits_now: LimitsNow, account_name: place.AccountName) -> Answer:
    """The statistics as a person reads them."""
    subject, span = report.subject, say(SPANS[report.window])
    latest = report.last_kills[0] if report.last_kills else None
    page = console.owner(latest.group_key, latest.task_definition_arn) if latest else ""
    words = Stats(str(subject), report.window).typed
    kills = say("{kills} in the last {span}", kills=_counted(report.kills), span=span)
    told = alongside([marked(kills, report.not_an_oom), peak(report.days)])
    bold_kills = say("{kills} in the last {span}", kills=bold(_counted(report.kills)), span=span)
    return Answer(
        text=say(
            "{what}: {told}.",
            what=place.plainly(subject, account_name),
            told=clauses([told, _open_ones(report.unfinished)]),
        ),
        body=[
            section(f"{bold(link(page, subject.name, 100))} · {place.where(subject, account_name)}"),
            section(marked(_suspected(bold_kills, report), report.not_an_oom)),
            *_diagnosed(report),
            *_details(report, limits_now),
            context(" · ".join(_small_print(limits_now, report.hit_rate))),
        ],
        buttons=_other_windows(report),
        shareable_as=words if len(words) <= buttons.LONGEST_VALUE else "",
    )


def _details(report: Report, limits_now: LimitsNow) -> Iterator[Block]:
    if report.containers:
        shown = report.containers[:MOST_CONTAINERS]
        lines = [_container(one, limits_now) for one in shown]
        if len(report.containers) > len(shown):
            more = len(report.containers) - len(shown)
            lines.append(count(more, "… and {n} more containers", "… and {n} more containers"))
        yield section("\n".join(lines))
        yield section(f"{_kills_per_day(report.since)}\n{chart(report.days)}")
    if report.last_kills:
        lines = [_kill(death) for death in report.last_kills[:MOST_KILLS]]
        yield section("\n".join([bold(say("Last kills")), *lines]))
    if report.unfinished:
        lines = [_incident(incident) for incident in report.unfinished[:MOST_INCIDENTS]]
        yield section("\n".join([bold(say("Unfinished incidents")), *lines]))


def _diagnosed(report: Report) -> Iterator[Block]:
    """The latest diagnosis in two lines."""
    if report.diagnosis is not None:
        told = gist(report.diagnosis)
        made = say("looked at {when}", when=date(report.diagnosis.made_at, DateStyle.AGO))
        yield section("\n".join([f"{cause_line(told)} · {made}", fix_line(told)]).strip())


def _container(one: ContainerStats, now: LimitsNow) -> str:
    kills = _counted(one.kills)
    if one.suspected:
        kills = say("{kills} ({suspected} suspected)", kills=kills, suspected=one.suspected)
    return f"• {code(one.container, 80)} {kills} · {_lived(one.lifetimes)} · {_limit_of(one, now)}"


def _limit_of(one: ContainerStats, now: LimitsNow) -> str:
    if isinstance(now, str):
        return say("limit at the last kill: {limits}", limits=_limits(one.limits))
    if one.container not in now:
        return say("container is gone")
    return say("limit now: {limits}", limits=_limits(now[one.container]))


def _limits(limits: Limits) -> str:
    own = f"{limits.container_mib:,} MiB" if limits.container_mib else ""
    soft = say("{mib} MiB reserved", mib=f"{limits.reservation_mib:,}") if limits.reservation_mib else ""
    task = say("task {mib} MiB", mib=f"{limits.task_mib:,}") if limits.task_mib else ""
    return alongside([own, soft, task]) or say("not known")


def _lived(lifetimes: Lifetimes | None) -> str:
    if lifetimes is None:
        return say("lived: not known")
    shortest, median, longest = map(rough, (lifetimes.min_s, lifetimes.p50_s, lifetimes.max_s))
    if shortest == longest:
        return say("lived {span}", span=median)
    return say("lived {low} to {high}, median {median}", low=shortest, high=longest, median=median)


def _kill(death: Death) -> str:
    key = death.group_key
    lived = "" if death.lifetime_s is None else say("after {span}", span=rough(death.lifetime_s))
    task = say("task {task}", task=console.task_id(death.task_arn)[:8])
    logs = console.task_logs(key, death.task_arn)
    facts = (
        date(death.died_at),
        " ".join(part for part in (code(death.container, 60), lived) if part),
        "" if death.exit_code is None else say("exit {code}", code=death.exit_code),
        link(console.task(key, death.task_arn), task),
        link(logs, say("logs")) if logs else "",
    )
    return f"• {' · '.join(fact for fact in facts if fact)}"


def _incident(incident: Incident) -> str:
    since = say("opened {when}", when=date(incident.opened_at, DateStyle.AGO))
    container = code(incident.group_key.container, 60)
    kills = incident_list.kills(incident)
    return f"• {bold(f'#{incident.id}')} {container} · {incident_list.state(incident)} · {kills} · {since}"


def _kills_per_day(since: datetime) -> str:
    """A window begins in the midst of its first day: 7 days touch 8 dates."""
    return say(
        "{title}, {day} from {time} UTC on",
        title=bold(say("Kills per day")),
        day=weekday_and_day(since),
        time=f"{since:%H:%M}",
    )


def _suspected(told: str, report: Report) -> str:
    suspected = sum(container.suspected for container in report.containers)
    if not suspected:
        return told
    return count(
        suspected, "{kills}, {n} of them suspected", "{kills}, {n} of them suspected", n=suspected, kills=told
    )


def marked(told: str, kills: int) -> str:
    """`3 kills, 1 of them marked as not an OOM`; what was told alone where no kill is."""
    if not kills:
        return told
    return say("{kills}, {marked} of them marked as not an OOM", kills=told, marked=kills)


def _open_ones(unfinished: Sequence[Incident]) -> str:
    return incident_list.counted(len(unfinished)) if unfinished else say("no unfinished incident")


def _counted(kills: int) -> str:
    return counted(kills, Verdict.OOM) if kills else say("No kills")


def _small_print(limits: LimitsNow, rate: HitRate | None) -> Iterator[str]:
    """Whose days these are, which limits, and how well raises did, beside what the table promised of them."""
    yield say("Days are UTC · times are yours")
    if isinstance(limits, str):
        yield say("Limits are those of the last kill: {why}", why=escape(limits, 200))
    if rate is not None:
        yield say(
            "Raises by OOM Guard held in {held} of {total} cases, {promised:.1f} promised",
            held=rate.held,
            total=rate.total,
            promised=rate.promised,
        )


def _other_windows(report: Report) -> list[ButtonElement]:
    words = partial(Stats, str(report.subject))
    others = (window for window in Window if window is not report.window)
    return [buttons.run(number, window.value, words(window).typed) for number, window in enumerate(others)]
