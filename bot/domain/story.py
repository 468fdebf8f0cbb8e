"""Stories: what an alert tells of an incident: every fact in plain words, none of Slack's markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import console
from bot.domain.advice import advice
from bot.domain.ceiling import Ceiling, ceiling
from bot.domain.death import Death, Limits
from bot.domain.duration import rough
from bot.domain.incident import Incident, Phase, Resolution
from bot.domain.injection import injected_by
from bot.domain.launcher import launched_by
from bot.domain.silence import Silence
from bot.domain.span import spread
from bot.domain.verdict import Confidence, Verdict

HEADLINES = {
    Verdict.OOM: "ran out of memory",
    Verdict.SUSPECTED_OOM: "may have run out of memory",
    Verdict.FAILURE: "failed",
    Verdict.MEMORY_WARNING: "is close to its memory limit",
    Verdict.NONE: "stopped, but not for memory",
}
COUNTED = {
    Verdict.OOM: "kill",
    Verdict.SUSPECTED_OOM: "suspected kill",
    Verdict.FAILURE: "failure",
    Verdict.MEMORY_WARNING: "warning",
    Verdict.NONE: "stop",
}
TAKEN_BACK = {Resolution.RETRACTED, Resolution.NOT_AN_OOM}
EXIT_CODES = {134: "abort", 137: "SIGKILL", 139: "segmentation fault", 143: "SIGTERM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Pages of the AWS console; "" where no true address is known."""

    task: str = ""
    task_logs: str = ""
    owner: str = ""
    owner_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that an alert tells. Every string is raw text from outside or our own words: escape before showing.

    `owner` is a mention or Slack id, "" for nobody; `newest` is None where no death is stored any more; `silence` is
    the one that mutes the incident now.
    """

    incident: Incident
    silence: Silence | None
    newest: Death | None
    account_name: str
    owner: str
    signal: Verdict  # what the incident is taken for now: NONE once a person or ECS took the verdict back
    subject: str
    container: str  # "" where it would only repeat the subject
    headline: str
    verdict: str
    advice: str
    warnings: tuple[str, ...]
    count: str
    kills_24h: str
    lifetimes: str
    ceiling: Ceiling
    exit: str
    revisions: tuple[str, ...]  # newest first
    launcher: str
    links: Links

    @property
    def is_over(self) -> bool:
        """Whether the incident is resolved, so that the alert can shrink."""
        return self.incident.phase is Phase.RESOLVED


def tell(  # noqa: PLR0913 - all that an alert depends on, named at the one place that calls it
    incident: Incident,
    kills: Sequence[Death],
    *,
    silence: Silence | None,
    account_name: str,
    owner: str,
    now: datetime,
    kills_24h: int,
) -> Story:
    """The story of an incident as it is now; `kills` are its newest deaths, newest first (up to 50)."""
    key = incident.group_key
    newest = kills[0] if kills else None
    limits = ceiling(newest.limits, newest.launch_type) if newest else ceiling(Limits(), "")
    injector = injected_by(key.container)
    was_taken_back = not incident.is_unfinished and incident.resolution in TAKEN_BACK
    signal = Verdict.NONE if was_taken_back else incident.verdict
    return Story(
        incident=incident,
        silence=silence if silence is not None and silence.mutes(key, now) else None,
        newest=newest,
        account_name=account_name or key.account,
        owner=owner,
        signal=signal,
        subject=key.name or key.container or "a task",
        container=key.container if key.name not in ("", key.container) else "",
        headline=_headline(signal, newest),
        verdict=_verdict(incident, kills),
        advice=advice(incident, limits, injected_by=injector),
        warnings=tuple(_warnings(newest, limits, injector)),
        count=_count(incident, signal),
        kills_24h=counted(kills_24h, signal) if 0 < kills_24h != incident.kill_count else "",
        lifetimes=_lifetimes(kills),
        ceiling=limits,
        exit=_exit(newest),
        revisions=tuple(
            filter(None, dict.fromkeys(console.revision(kill.task_definition_arn) for kill in kills))
        ),
        launcher=launched_by(key, newest.started_by if newest else ""),
        links=_links(incident, newest),
    )


def _headline(signal: Verdict, newest: Death | None) -> str:
    if signal is Verdict.FAILURE and newest is not None and newest.exit_code:
        return f"failed with exit code {newest.exit_code}"
    return HEADLINES[signal]


def _count(incident: Incident, signal: Verdict) -> str:
    said = counted(incident.kill_count, signal)
    seconds = (incident.last_kill_at - incident.first_kill_at).total_seconds()
    if incident.kill_count < 2:
        return said
    return f"{said} in {rough(seconds)}" if seconds >= 1 else f"{said} at once"


def counted(count: int, verdict: Verdict) -> str:
    """A number of deaths by the name that their verdict allows: `2 suspected kills`."""
    return f"{count:,} {COUNTED[verdict]}{'' if count == 1 else 's'}"


def _verdict(incident: Incident, kills: Sequence[Death]) -> str:
    telling = next((kill for kill in kills if kill.verdict is incident.verdict), None)
    reason = telling.reason if telling else ""
    if incident.verdict is Verdict.SUSPECTED_OOM:
        return _with_reason("Suspected, not proven", reason)
    if incident.verdict is Verdict.FAILURE:
        return _with_reason("A failure, not a memory kill", reason)
    if incident.verdict is Verdict.OOM:
        is_certain = telling is None or telling.confidence is Confidence.CERTAIN
        words = _with_reason("Confirmed" if is_certain else "Likely, not certain", reason)
        return words + _suspected_too(kills)
    return _with_reason("A warning", reason)


def _with_reason(words: str, reason: str) -> str:
    return f"{words}: {reason.rstrip('.')}." if reason else f"{words}."


def _suspected_too(kills: Sequence[Death]) -> str:
    suspected = sum(kill.verdict is Verdict.SUSPECTED_OOM for kill in kills)
    return f" {suspected} of the last {len(kills)} only suspected." if suspected else ""


def _warnings(newest: Death | None, limits: Ceiling, injector: str) -> Iterator[str]:
    if limits.endangers_host:
        yield "No hard memory limit on a shared host: it can take its host and its neighbours down."
    if newest is not None and not newest.task_stopped:
        yield "The task is still running without this container."
    if injector:
        yield (
            f"AWS put this container into the task ({injector}): it is not in the task definition and takes its "
            "memory from the task's."
        )


def _lifetimes(kills: Sequence[Death]) -> str:
    times = [kill.lifetime_s for kill in kills if kill.lifetime_s is not None]
    if not times:
        return ""
    return f"{'each ' if len(times) > 1 else ''}died after {spread(times)}"


def _exit(newest: Death | None) -> str:
    if newest is None or newest.exit_code is None:
        return "none reported" if newest is not None and newest.verdict.is_kill else ""
    if newest.verdict is Verdict.OOM and newest.exit_code in (0, 1):
        return f"{newest.exit_code} (so probably a child process was killed)"
    meaning = EXIT_CODES.get(newest.exit_code)
    return f"{newest.exit_code} ({meaning})" if meaning else str(newest.exit_code)


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
