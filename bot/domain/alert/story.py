"""Stories: what an alert tells of an incident: every fact in plain words, none of Slack's markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.alert.advice import OF_RUNTIME, advice
from bot.domain.alert.verdict_words import verdict_in_words, with_reason
from bot.domain.aws.injection import injected_by
from bot.domain.calendar.duration import rough
from bot.domain.calendar.span import spread
from bot.domain.diagnosis.ceiling import NO_HARD_LIMIT, Ceiling, ceiling
from bot.domain.diagnosis.diagnosis import Diagnosis, Standing
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.investigation import autopsy
from bot.domain.investigation.gist import Gist, gist, ran_out
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.ruling import never_ran
from bot.domain.kills.verdict import Verdict
from bot.domain.resize.resize import Resize
from bot.domain.subject import console
from bot.domain.subject.launcher import launched_by
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import count, mark, say

HEADLINES = {
    Verdict.OOM: mark("ran out of memory"),
    Verdict.SUSPECTED_OOM: mark("may have run out of memory"),
    Verdict.SILENT_KILL: mark("lost processes inside, and lives on"),
    Verdict.FAILURE: mark("failed"),
    Verdict.MEMORY_WARNING: mark("is close to its memory limit"),
    Verdict.NONE: mark("stopped, but not for memory"),
}
STILL_LOOKING = timedelta(minutes=1)  # so long after a kill an alert promises that more is to come
TAKEN_BACK = {Resolution.RETRACTED, Resolution.NOT_AN_OOM}
EXIT_CODES = {134: mark("abort"), 137: "SIGKILL", 139: mark("segmentation fault"), 143: "SIGTERM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Pages of the AWS console; "" where no true address is known."""

    task: str = ""
    task_logs: str = ""
    owner: str = ""
    owner_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that an alert tells. Every string is raw text from outside or our own words: escape before showing."""

    incident: Incident
    kills: tuple[Death, ...]  # newest first; empty where none is stored any more
    silence: Silence | None  # the one that mutes the incident now
    account_name: str
    owner: str  # a mention or Slack id, "" for nobody
    kills_in_a_day: int  # of the group key, earlier incidents' too
    late: str = ""  # by how much the alert came late, and why
    diagnosis: Diagnosis | None = None  # None: not looked into, or not yet
    is_investigated: bool = False  # evidence is being collected now
    resize: Resize | None = None  # the incident's newest
    recovered: int = 0  # of these kills: no event told of them, ECS was asked
    unmentioned: Call | None = None  # the owner, where the message names but does not mention them

    @property
    def newest(self) -> Death | None:
        """The death that was told last."""
        return self.kills[0] if self.kills else None

    @property
    def is_over(self) -> bool:
        """Whether the incident is resolved, so that the alert can shrink."""
        return self.incident.phase is Phase.RESOLVED

    @property
    def signal(self) -> Verdict:
        """What the incident is taken for now: NONE once a person or ECS took the verdict back."""
        if self.is_over and self.incident.resolution in TAKEN_BACK:
            return Verdict.NONE
        return Verdict.OOM if self.standing is Standing.CONFIRMED else self.incident.verdict

    @property
    def standing(self) -> Standing | None:
        """What evidence says of a suspicion; None where nothing is only suspected, or nothing was looked at."""
        is_suspected = self.incident.verdict is Verdict.SUSPECTED_OOM
        return self.diagnosis.standing if self.diagnosis and is_suspected else None

    @property
    def gist(self) -> Gist | None:
        """The diagnosis in two lines; None while there is none, or once it says nothing any more."""
        is_told = self.diagnosis is not None and self.signal is not Verdict.NONE
        return gist(self.diagnosis) if self.diagnosis is not None and is_told else None

    @property
    def subject(self) -> str:
        """The service, family or job; never empty."""
        key = self.incident.group_key
        return key.name or key.container or say("a task")

    @property
    def container(self) -> str:
        """The container, "" where it would only repeat the subject."""
        key = self.incident.group_key
        return key.container if key.name not in ("", key.container) else ""

    @property
    def headline(self) -> str:
        """What happened, to follow the subject: `ran out of memory`."""
        if self.is_over and self.incident.was_left_to_its_job:
            return say("is told by its Batch job")
        if self.signal is Verdict.FAILURE and self.newest is not None and self.newest.exit_code:
            return say("failed with exit code {code}", code=self.newest.exit_code)
        if self._ended_itself and self.diagnosis is not None and (own := ran_out(self.diagnosis)):
            return own
        if self.standing is Standing.UNLIKELY and self.signal is not Verdict.NONE:
            return say("was killed, probably not for memory")
        return say(HEADLINES[self.signal])

    @property
    def verdict(self) -> str:
        """The verdict as a sentence, with its reason and how sure it is."""
        if self.standing is Standing.CONFIRMED and self.diagnosis is not None:
            return with_reason(
                say("ECS gave no reason, the evidence confirms it"), self.diagnosis.standing_why
            )
        return verdict_in_words(self.incident, self.kills)

    @property
    def advice(self) -> str:
        """The next step before anything was looked into; "" where the gist tells it or nothing is left to do."""
        if self.gist is not None and self.gist.fix:
            return ""
        if self._ended_itself and self.incident.is_unfinished:
            return say(OF_RUNTIME)
        cannot_start = self.newest is not None and never_ran(self.newest)
        return advice(self.incident, self.ceiling, injected_by=self._injector, never_ran=cannot_start)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is easily missed, a sentence each."""
        shown = self.diagnosis.warnings if self.diagnosis else ()
        return tuple(dict.fromkeys([*_warnings(self.newest, self.ceiling, self._injector), *shown]))

    @property
    def count(self) -> str:
        """How often over what time: `7 kills in 42 min`."""
        return _count(self.incident, self.signal)

    @property
    def kills_24h(self) -> str:
        """How often in the last day, "" where `count` says as much."""
        is_news = 0 < self.kills_in_a_day != self.incident.kill_count
        return counted(self.kills_in_a_day, self.signal) if is_news else ""

    @property
    def lifetimes(self) -> str:
        """How long they lived: `each died after 31–33 min`; "" where nobody knows."""
        return _lifetimes(self.kills)

    @property
    def ceiling(self) -> Ceiling:
        """The limits that were in force at the newest death."""
        return ceiling(self.newest.limits, self.newest.launch_type) if self.newest else ceiling(Limits(), "")

    @property
    def exit(self) -> str:
        """The newest exit code with its meaning; "" where none is to be expected."""
        return _exit(self.newest)

    @property
    def revisions(self) -> tuple[str, ...]:
        """The revisions that died, newest first."""
        names = (console.revision(kill.task_definition_arn) for kill in self.kills)
        return tuple(name for name in dict.fromkeys(names) if name)

    @property
    def launcher(self) -> str:
        """Who or what started the newest task; "" where nothing tells."""
        return launched_by(self.incident.group_key, self.newest.started_by if self.newest else "")

    @property
    def links(self) -> Links:
        """Pages of the AWS console on the newest death."""
        return _links(self.incident, self.newest)

    @property
    def _ended_itself(self) -> bool:
        """Whether it still is what its own log says, not ECS."""
        is_unproven = self.incident.verdict is Verdict.SUSPECTED_OOM and self.signal is not Verdict.NONE
        return is_unproven and self.newest is not None and autopsy.is_told_by_log(self.newest)

    @property
    def _injector(self) -> str:
        return injected_by(self.incident.group_key.container)


def tell(  # noqa: PLR0913 - all that an alert depends on, named at the one place that calls it
    incident: Incident,
    kills: Sequence[Death],
    *,
    silence: Silence | None,
    account_name: str,
    owner: str,
    now: datetime,
    kills_24h: int,
    diagnosis: Diagnosis | None = None,
    is_investigated: bool = False,
) -> Story:
    """The story of an incident as it is now; `kills` are its newest deaths, newest first (up to 50)."""
    key = incident.group_key
    return Story(
        incident=incident,
        kills=tuple(kills),
        silence=silence if silence is not None and silence.mutes(key, now) else None,
        account_name=account_name or key.account,
        owner=owner,
        kills_in_a_day=kills_24h,
        diagnosis=diagnosis,
        is_investigated=is_investigated and now - incident.last_kill_at <= STILL_LOOKING,
    )


def _count(incident: Incident, signal: Verdict) -> str:
    said = counted(incident.kill_count, signal)
    seconds = (incident.last_kill_at - incident.first_kill_at).total_seconds()
    if incident.kill_count < 2:
        return said
    if seconds < 1:
        return say("{kills} at once", kills=said)
    return say("{kills} in {span}", kills=said, span=rough(seconds))


def counted(n: int, verdict: Verdict) -> str:
    """A number of deaths by the name that their verdict allows: `2 suspected kills`."""
    match verdict:
        case Verdict.OOM:
            return count(n, "{n} kill", "{n} kills")
        case Verdict.SUSPECTED_OOM:
            return count(n, "{n} suspected kill", "{n} suspected kills")
        case Verdict.SILENT_KILL:
            return count(n, "{n} silent kill", "{n} silent kills")
        case Verdict.FAILURE:
            return count(n, "{n} failure", "{n} failures")
        case Verdict.MEMORY_WARNING:
            return count(n, "{n} warning", "{n} warnings")
        case Verdict.NONE:
            return count(n, "{n} stop", "{n} stops")


def _warnings(newest: Death | None, limits: Ceiling, injector: str) -> Iterator[str]:
    if limits.endangers_host:
        yield say(NO_HARD_LIMIT)
    if newest is not None and not newest.task_stopped:
        yield say("The task is still running without this container.")
    if injector:
        yield say(
            "AWS put this container into the task ({feature}): it is not in the task definition and takes its "
            "memory from the task's.",
            feature=injector,
        )


def _lifetimes(kills: Sequence[Death]) -> str:
    times = [kill.lifetime_s for kill in kills if kill.lifetime_s is not None]
    if not times:
        return ""
    return say("each died after {span}" if len(times) > 1 else "died after {span}", span=spread(times))


def _exit(newest: Death | None) -> str:
    if newest is None or newest.exit_code is None:
        return say("none reported") if newest is not None and newest.verdict.is_kill else ""
    if newest.verdict is Verdict.OOM and newest.exit_code in (0, 1):
        return say("{code} (so probably a child process was killed)", code=newest.exit_code)
    meaning = EXIT_CODES.get(newest.exit_code)
    return (
        say("{code} ({meaning})", code=newest.exit_code, meaning=say(meaning))
        if meaning
        else str(newest.exit_code)
    )


def _links(incident: Incident, newest: Death | None) -> Links:
    key = incident.group_key
    owner = console.owner(key, newest.task_definition_arn if newest else "")
    if newest is None:
        return Links(owner=owner, owner_label=console.owner_label(key))
    return Links(
        task=console.task(key, newest.task_arn),
        task_logs=console.task_logs(key, newest.task_arn),
        owner=owner,
        owner_label=console.owner_label(key),
    )
