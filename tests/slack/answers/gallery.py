"""The gallery of answers: every one that a person may get, by the name of its golden file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.command.command import Misuse, Window
from bot.domain.command.grammar import parse
from bot.domain.command.verb import BY_WORD
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.incident.incident import Incident, Resolution
from bot.domain.incident.storm import Place, Storm
from bot.domain.kills.death import Limits
from bot.domain.kills.tally import ContainerStats, Lifetimes, TopRow
from bot.domain.kills.verdict import Verdict
from bot.domain.sizing.calibration import HitRate
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.nearest import Likeness, Nearest
from bot.domain.subject.silence import Matcher
from bot.domain.subject.subject import Subject
from bot.slack.answers import (
    choice,
    confirmation,
    diagnosis,
    guide,
    incident_list,
    log_tail,
    refusal,
    silence_list,
    stats,
    top,
)
from bot.slack.answers.answer import Answer
from tests.slack.diagnoses import DIAGNOSES, LEAK, SUSPICIONS, ill_worded
from tests.slack.incidents import (
    ACKNOWLEDGED,
    ALICE,
    BOB,
    FAMILY,
    JOB,
    NOON,
    SERVICE,
    deaths,
    incident,
    resolved,
    story,
)
from tests.slack.incidents import silence as silence_of

STORM = Storm(
    id=5,
    place=Place("123456789012", "eu-west-1", "prod", "C0ALERTS"),
    generation=1,
    began_at=NOON,
    last_opened_at=NOON,
)
CHECKOUT = Subject.of(SERVICE)
STAGING = replace(CHECKOUT, cluster="staging")
HOSTILE = Subject(
    "<!channel>", "eu-west-1", "`<!here>`", OwnerKind.SERVICE, "<@U0EVIL> *&* <https://evil|click>"
)


def account_name(account: str) -> str:
    return {"123456789012": "prod-eu"}.get(account, account)


def incidents(count: int) -> list[Incident]:
    return [incident(deaths(number), id=40 + number) for number in range(1, count + 1)]


APP = ContainerStats(
    container="app",
    kills=16,
    suspected=2,
    first_at=NOON - timedelta(days=4),
    last_at=NOON,
    lifetimes=Lifetimes(min_s=1800, p50_s=1920, max_s=11_000),
    limits=Limits(container_mib=512, task_mib=1024),
)
SIDECAR = ContainerStats(
    container="envoy",
    kills=1,
    suspected=0,
    first_at=NOON,
    last_at=NOON,
    lifetimes=None,
    limits=Limits(),
)
DAYS = [
    (date(2026, 11, 14) + timedelta(days=number), kills)
    for number, kills in enumerate([0, 0, 0, 0, 1, 12, 0, 4])
]
REPORT = stats.Report(
    subject=CHECKOUT,
    window=Window.WEEK,
    since=NOON - timedelta(days=7),
    containers=[APP, SIDECAR],
    days=DAYS,
    last_kills=deaths(7),
    unfinished=[incident(deaths(7)), incident(deaths(2), id=43, **ACKNOWLEDGED)],
)
QUIET = replace(REPORT, containers=[], days=[(day, 0) for day, _ in DAYS], last_kills=[], unfinished=[])
NOW = {"app": Limits(container_mib=768, reservation_mib=256, task_mib=1024)}
ROWS = [
    TopRow(subject=CHECKOUT, kills=1234, containers=2, last_at=NOON),
    TopRow(subject=Subject.of(FAMILY), kills=3, containers=1, last_at=NOON - timedelta(days=1)),
    TopRow(subject=Subject.of(JOB), kills=1, containers=1, last_at=NOON - timedelta(days=6)),
]
WIDE = Matcher(account="123456789012", region="eu-west-1", cluster="prod")
SILENCES = [
    silence_of(matcher=CHECKOUT.matcher("app")),
    silence_of(id=4, matcher=WIDE, reason="", created_by=ALICE),
]
UNRELATED = silence_of(id=9, matcher=Matcher(cluster="staging"))
RESOLVED = incident(deaths(3), **{**ACKNOWLEDGED, **resolved(Resolution.BY_PERSON, BOB)})
QUIETLY = incident(deaths(3), **resolved(Resolution.QUIET))


def misuse(typed: str) -> Misuse:
    command = parse(typed)
    assert isinstance(command, Misuse)
    return command


LINES = [
    LogLine(NOON - timedelta(seconds=30 - number), f"GET /cart/{number} 200 {number * 7} ms")
    for number in range(30)
]
ANSWERS: Mapping[str, Answer] = {
    **{
        f"diagnosis_{kind}": diagnosis.diagnosis_of(story(deaths(7), diagnosis=found))
        for kind, found in DIAGNOSES.items()
    },
    **{
        f"diagnosis_of_suspicion_{kind}": diagnosis.diagnosis_of(
            story(deaths(2, verdict=Verdict.SUSPECTED_OOM), diagnosis=found)
        )
        for kind, found in SUSPICIONS.items()
    },
    "diagnosis_none": diagnosis.diagnosis_of(story(deaths(1))),
    "diagnosis_taken_back": diagnosis.diagnosis_of(
        story(deaths(1), diagnosis=LEAK, **resolved(Resolution.NOT_AN_OOM))
    ),
    "log_tail": log_tail.log_tail(story(deaths(1)), LINES),
    "log_tail_of_one_line": log_tail.log_tail(story(deaths(1)), LINES[:1]),
    "log_tail_empty": log_tail.log_tail(story(deaths(1)), []),
    "log_tail_forbidden": log_tail.log_tail(story(deaths(1)), "access denied (needs logs:GetLogEvents)"),
    "stats_diagnosed": stats.stats(
        replace(REPORT, diagnosis=LEAK, hit_rate=HitRate(held=18, total=20, promised=17.6)), NOW, account_name
    ),
    "stats": stats.stats(REPORT, NOW, account_name),
    "stats_without_aws": stats.stats(REPORT, "AWS did not answer in time", account_name),
    "stats_marked": stats.stats(replace(REPORT, not_an_oom=1), NOW, account_name),
    "stats_quiet": stats.stats(QUIET, {}, account_name),
    "stats_guessed": stats.stats(QUIET, {}, account_name).with_note("Nothing is called `check`."),
    "list": incident_list.incident_list(1, incidents(3), 3, account_name),
    "list_first_page": incident_list.incident_list(1, incidents(8), 20, account_name),
    "list_middle_page": incident_list.incident_list(2, incidents(8), 20, account_name),
    "list_states": incident_list.incident_list(
        1,
        [
            incident(deaths(2), **ACKNOWLEDGED),
            incident(deaths(2), id=43, reopened_count=1),
            incident(deaths(1, verdict=Verdict.SUSPECTED_OOM), id=44),
        ],
        3,
        account_name,
    ),
    "list_empty": incident_list.incident_list(1, [], 0, account_name),
    "list_beyond_one": incident_list.incident_list(9, [], 1, account_name),
    "list_beyond": incident_list.incident_list(9, [], 20, account_name),
    "top": top.top(Window.WEEK, ROWS, account_name),
    "top_marked": top.top(Window.WEEK, [replace(ROWS[0], not_an_oom=7)], account_name),
    "top_empty": top.top(Window.DAY, [], account_name),
    "silences": silence_list.silence_list(1, SILENCES, account_name),
    "silences_second_page": silence_list.silence_list(2, SILENCES * 5, account_name),
    "silences_empty": silence_list.silence_list(1, [], account_name),
    "silences_beyond": silence_list.silence_list(3, SILENCES, account_name),
    "overview": guide.overview(2),
    "overview_calm": guide.overview(0),
    "help": guide.about(None),
    "help_silence": guide.about(BY_WORD["silence"]),
    "misuse": guide.usage(misuse("stats checkout 3d")),
    "misuse_typing_error": guide.usage(misuse("sats checkout 7d")),
    "misuse_no_verb": guide.usage(misuse("<!channel>")),
    "choice_several": choice.choose(
        "checkout", Nearest(Likeness.EXACT, (CHECKOUT, STAGING)), lambda one: f"ack {one}", account_name
    ),
    "choice_close": choice.choose(
        "chekout", Nearest(Likeness.CLOSE, (CHECKOUT,)), lambda one: f"stats {one} 7d", account_name
    ),
    "choice_none": choice.choose("<!here>", Nearest(None), str, account_name),
    "choice_none_to_silence": choice.choose(
        "prod/new-api", Nearest(None), str, account_name, anyway="silence =prod/new-api 3h load test"
    ),
    "choice_close_to_silence": choice.choose(
        "chekout",
        Nearest(Likeness.CLOSE, (CHECKOUT,)),
        lambda one: f"silence {one} 3h",
        account_name,
        anyway="silence =chekout 3h",
    ),
    "storm_acknowledged": confirmation.storm_acknowledged(STORM, 180),
    "storm_acknowledged_one": confirmation.storm_acknowledged(STORM, 1),
    "storm_acknowledged_before": confirmation.storm_acknowledged(STORM, 0),
    "no_storm": refusal.no_storm(5),
    "acknowledged": confirmation.acknowledged([incident(deaths(2), **ACKNOWLEDGED)], ALICE),
    "acknowledged_by_another": confirmation.acknowledged([incident(deaths(2), **ACKNOWLEDGED)], BOB),
    "acknowledged_too_late": confirmation.acknowledged([RESOLVED, QUIETLY], ALICE),
    "resolved": confirmation.resolved([RESOLVED], BOB),
    "resolved_by_another": confirmation.resolved([RESOLVED, QUIETLY], ALICE),
    "silenced": confirmation.silenced(SILENCES[0], SILENCES[:1], account_name),
    "silenced_once_more": confirmation.silenced(SILENCES[0], SILENCES, account_name),
    "unsilenced": confirmation.unsilenced(replace(SILENCES[0], ended_by=ALICE), [], ALICE, account_name),
    "unsilenced_but_still_silent": confirmation.unsilenced(
        replace(SILENCES[0], ended_by=ALICE), [*SILENCES[1:] * 5, UNRELATED], ALICE, account_name
    ),
    "unsilenced_in_part": confirmation.unsilenced(
        replace(SILENCES[1], ended_by=ALICE), [SILENCES[0], UNRELATED], ALICE, account_name
    ),
    "unsilenced_by_another": confirmation.unsilenced(
        replace(SILENCES[0], ended_by=BOB), [], ALICE, account_name
    ),
    "unsilenced_too_late": confirmation.unsilenced(SILENCES[0], [], ALICE, account_name),
    "will_be_shared": confirmation.will_be_shared(),
    "unavailable": refusal.unavailable(),
    "failed": refusal.failed("0a1b2c3d"),
    "no_incident": refusal.no_incident(12),
    "nothing_unfinished": refusal.nothing_unfinished("checkout"),
    "no_silence": refusal.no_silence(3),
    "nothing_to_silence": refusal.nothing_to_silence(),
    "not_shareable": refusal.not_shareable(),
    "outdated": refusal.outdated(),
    "form_too_late": refusal.form_too_late(),
}
HOSTILE_KEY = replace(
    SERVICE, account=HOSTILE.account, cluster=HOSTILE.cluster, name=HOSTILE.name, container="<!here>"
)
HOSTILE_DEATH = deaths(1, group_key=HOSTILE_KEY, container="<!here>", task_arn="<https://evil|click>")
HOSTILE_ANSWERS: Mapping[str, Answer] = {
    "diagnosis": diagnosis.diagnosis_of(
        story(HOSTILE_DEATH, diagnosis=ill_worded("<!channel> ```*_~ <@U0EVIL001> & https://evil|x>"))
    ),
    "log tail": log_tail.log_tail(
        story(HOSTILE_DEATH), [LogLine(NOON, "``` <!channel> \u202e&amp; <https://evil|click>")]
    ),
    "stats": stats.stats(
        replace(
            REPORT,
            subject=HOSTILE,
            containers=[replace(APP, container="<!here>")],
            last_kills=HOSTILE_DEATH,
            unfinished=[incident(HOSTILE_DEATH)],
        ),
        "<!channel>",
        account_name,
    ),
    "list": incident_list.incident_list(1, [incident(HOSTILE_DEATH)], 1, account_name),
    "top": top.top(Window.WEEK, [replace(ROWS[0], subject=HOSTILE)], account_name),
    "silences": silence_list.silence_list(
        1, [silence_of(matcher=HOSTILE.matcher("<!here>"), reason="<!channel> & `x`")], account_name
    ),
    "choice": choice.choose("<!here>", Nearest(Likeness.CLOSE, (HOSTILE,)), str, account_name),
    "acknowledged": confirmation.acknowledged([incident(HOSTILE_DEATH, **ACKNOWLEDGED)], BOB),
    "nothing_unfinished": refusal.nothing_unfinished(HOSTILE.name),
    "misuse": guide.usage(misuse("<!channel> <!here> `x` &")),
}
LONG = Subject("1" * 64, "r" * 64, "&" * 255, OwnerKind.FAMILY, "<" * 255)
LONG_KEY = replace(
    SERVICE,
    account=LONG.account,
    region=LONG.region,
    cluster=LONG.cluster,
    name=LONG.name,
    container="&" * 255,
)
LONG_DEATHS = deaths(9, group_key=LONG_KEY, container="&" * 255)
LONG_ANSWERS: Mapping[str, Answer] = {
    "diagnosis": diagnosis.diagnosis_of(story(LONG_DEATHS, diagnosis=ill_worded("&" * 5000))),
    "log tail": log_tail.log_tail(story(LONG_DEATHS), [LogLine(NOON, "&" * 5000)] * 400),
    "stats": stats.stats(
        replace(
            REPORT,
            subject=LONG,
            containers=[replace(APP, container="&" * 255)] * 30,
            days=[(date(2026, 10, 23) + timedelta(days=number), 10**6 * number % 2) for number in range(30)],
            last_kills=LONG_DEATHS,
            unfinished=[incident(LONG_DEATHS)] * 30,
        ),
        "&" * 1000,
        account_name,
    ),
    "list": incident_list.incident_list(1, [incident(LONG_DEATHS)] * 8, 80, account_name),
    "top": top.top(Window.MONTH, [replace(ROWS[0], subject=LONG)] * 20, account_name),
    "silences": silence_list.silence_list(
        1, [silence_of(matcher=LONG.matcher("&" * 255), reason="&" * 1000)] * 20, account_name
    ),
    "choice": choice.choose(
        "<" * 700, Nearest(Likeness.CLOSE, (LONG,) * 5), lambda one: f"ack {one}", account_name
    ),
    "acknowledged": confirmation.acknowledged([incident(LONG_DEATHS, **ACKNOWLEDGED)] * 10, BOB),
}
