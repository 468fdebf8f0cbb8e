"""Statistics of one subject: kills per container and per day, times to death, the last kills, limits, incidents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as day
from datetime import datetime
from functools import partial

from slack_sdk.models.blocks import Block, ButtonElement

from bot.domain import console
from bot.domain.calibration import HitRate
from bot.domain.command import Stats, Window
from bot.domain.death import Death, Limits
from bot.domain.diagnosis import Diagnosis
from bot.domain.duration import rough
from bot.domain.gist import gist
from bot.domain.incident import Incident
from bot.domain.story import counted
from bot.domain.subject import Subject
from bot.domain.tally import ContainerStats, Lifetimes
from bot.domain.verdict import Verdict
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
SPANS = {Window.DAY: "24 hours", Window.WEEK: "7 days", Window.MONTH: "30 days"}


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
    subject, span = report.subject, SPANS[report.window]
    latest = report.last_kills[0] if report.last_kills else None
    page = console.owner(latest.group_key, latest.task_definition_arn) if latest else ""
    words = Stats(str(subject), report.window).typed
    plain = f"{place.plainly(subject, account_name)}: {_counted(report.kills)} in the last {span}"
    return Answer(
        text=f"{plain}{marked(report.not_an_oom)}{peak(report.days)}{_open_ones(report.unfinished)}.",
        body=[
            section(f"{bold(link(page, subject.name, 100))} · {place.where(subject, account_name)}"),
            section(
                f"{bold(_counted(report.kills))} in the last {span}{_suspected(report)}{marked(report.not_an_oom)}"
            ),
            *_diagnosed(report),
            *_details(report, limits_now),
            context(_small_print(limits_now) + _hits(report.hit_rate)),
        ],
        buttons=_other_windows(report),
        shareable_as=words if len(words) <= buttons.LONGEST_VALUE else "",
    )


def _details(report: Report, limits_now: LimitsNow) -> Iterator[Block]:
    if report.containers:
        shown = report.containers[:MOST_CONTAINERS]
        lines = [_container(one, limits_now) for one in shown]
        if len(report.containers) > len(shown):
            lines.append(f"… and {len(report.containers) - len(shown)} more containers")
        yield section("\n".join(lines))
        yield section(f"{bold('Kills per day')}{_first_day(report.since)}\n{chart(report.days)}")
    if report.last_kills:
        lines = [_kill(death) for death in report.last_kills[:MOST_KILLS]]
        yield section("\n".join([bold("Last kills"), *lines]))
    if report.unfinished:
        lines = [_incident(incident) for incident in report.unfinished[:MOST_INCIDENTS]]
        yield section("\n".join([bold("Unfinished incidents"), *lines]))


def _diagnosed(report: Report) -> Iterator[Block]:
    """The latest diagnosis in two lines."""
    if report.diagnosis is not None:
        told = gist(report.diagnosis)
        made = date(report.diagnosis.made_at, DateStyle.AGO)
        yield section("\n".join([f"{cause_line(told)} · looked at {made}", fix_line(told)]).strip())


def _hits(rate: HitRate | None) -> str:
    """How well the raises that were carried out did, beside what the table promised of them."""
    if rate is None:
        return ""
    return f" · Raises by OOM Guard held in {rate.held} of {rate.total} cases, {rate.promised:.1f} promised"


def _container(one: ContainerStats, now: LimitsNow) -> str:
    suspected = f" ({one.suspected} suspected)" if one.suspected else ""
    limits = "limit at the last kill: " + _limits(one.limits)
    if not isinstance(now, str):
        limits = "limit now: " + _limits(now[one.container]) if one.container in now else "container is gone"
    return (
        f"• {code(one.container, 80)} {_counted(one.kills)}{suspected} · {_lived(one.lifetimes)} · {limits}"
    )


def _limits(limits: Limits) -> str:
    own = f"{limits.container_mib} MiB" if limits.container_mib else ""
    soft = f"{limits.reservation_mib} MiB reserved" if limits.reservation_mib else ""
    task = f"task {limits.task_mib} MiB" if limits.task_mib else ""
    return ", ".join(part for part in (own, soft, task) if part) or "not known"


def _lived(lifetimes: Lifetimes | None) -> str:
    if lifetimes is None:
        return "lived: not known"
    shortest, median, longest = map(rough, (lifetimes.min_s, lifetimes.p50_s, lifetimes.max_s))
    if shortest == longest:
        return f"lived {median}"
    return f"lived {shortest} to {longest}, median {median}"


def _kill(death: Death) -> str:
    key = death.group_key
    lived = "" if death.lifetime_s is None else f" after {rough(death.lifetime_s)}"
    code_part = "" if death.exit_code is None else f" · exit {death.exit_code}"
    task = link(console.task(key, death.task_arn), f"task {console.task_id(death.task_arn)[:8]}")
    logs = console.task_logs(key, death.task_arn)
    logs_part = f" · {link(logs, 'logs')}" if logs else ""
    return f"• {date(death.died_at)} · {code(death.container, 60)}{lived}{code_part} · {task}{logs_part}"


def _incident(incident: Incident) -> str:
    since = date(incident.opened_at, DateStyle.AGO)
    container = code(incident.group_key.container, 60)
    kills = incident_list.kills(incident)
    return f"• {bold(f'#{incident.id}')} {container} · {incident_list.state(incident)} · {kills} · opened {since}"


def _first_day(since: datetime) -> str:
    """A window begins in the midst of its first day: 7 days touch 8 dates."""
    return f", {since:%a %d %b} from {since:%H:%M} UTC on"


def _suspected(report: Report) -> str:
    suspected = sum(container.suspected for container in report.containers)
    return f", {suspected} of them suspected" if suspected else ""


def marked(kills: int) -> str:
    """`, 1 of them marked as not an OOM`; nothing where no kill is."""
    return f", {kills} of them marked as not an OOM" if kills else ""


def _open_ones(unfinished: Sequence[Incident]) -> str:
    return f"; {incident_list.counted(len(unfinished))}" if unfinished else "; no unfinished incident"


def _counted(kills: int) -> str:
    return counted(kills, Verdict.OOM) if kills else "No kills"


def _small_print(limits: LimitsNow) -> str:
    reason = f" · Limits are those of the last kill: {escape(limits, 200)}" if isinstance(limits, str) else ""
    return f"Days are UTC · times are yours{reason}"


def _other_windows(report: Report) -> list[ButtonElement]:
    words = partial(Stats, str(report.subject))
    others = (window for window in Window if window is not report.window)
    return [buttons.run(number, window.value, words(window).typed) for number, window in enumerate(others)]
