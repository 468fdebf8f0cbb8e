"""Advice: the next step that an alert suggests before anything was looked into."""

from bot.domain.diagnosis.ceiling import Ceiling
from bot.domain.incident.incident import Incident
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import mark, say

BY_VERDICT = {
    Verdict.SUSPECTED_OOM: mark(
        "Check the task's memory metric, and whether docker kill or a stop timeout ended it."
    ),
    Verdict.SILENT_KILL: mark("Run fewer processes in it, or give it more memory."),
    Verdict.FAILURE: mark("Read the last log lines."),
    Verdict.MEMORY_WARNING: mark("Look for growth before it is killed."),
    Verdict.NONE: "",
}


# A runtime ended itself: the container may have had memory left.
OF_RUNTIME = mark("Read its last log lines: a cap of the runtime may have to grow, not the container.")

# Of what belongs to no container there is no log to read.
OF_NO_CONTAINER = {
    OwnerKind.SERVICE: mark("Look at the service's events."),
    OwnerKind.JOB: mark("Look at the job's status reason and its attempts."),
}


def advice(incident: Incident, limits: Ceiling, *, injected_by: str, never_ran: bool = False) -> str:
    """What to do next, as one sentence; "" where nothing is left to do.

    `never_ran`: the limit was too low for the container even to start, so that it logged nothing.
    """
    key = incident.group_key
    if not incident.is_unfinished:
        return ""
    if incident.verdict is Verdict.FAILURE and not key.container:
        known = OF_NO_CONTAINER.get(key.kind)
        return say(known) if known else say("Look at why the task stopped.")
    if incident.verdict is not Verdict.OOM:
        return say(BY_VERDICT[incident.verdict])
    return _of_oom(key, limits, injected_by=injected_by, never_ran=never_ran)


def _of_oom(key: GroupKey, limits: Ceiling, *, injected_by: str, never_ran: bool) -> str:
    if never_ran:
        return say("Raise the limit: with this one it cannot start.")
    if not key.container:
        return say("Find out which container it was: look at the task's logs and its memory metric.")
    if limits.endangers_host:
        return say("Give it a hard memory limit, then look for growth.")
    if injected_by:
        return say("Give the task more memory.")
    return say("Read the last log lines, then raise the limit or fix the growth.")
