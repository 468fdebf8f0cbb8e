"""Advice: the next step that an alert suggests before anything was looked into."""

from bot.domain.ceiling import Ceiling
from bot.domain.incident import Incident
from bot.domain.verdict import Verdict

BY_VERDICT = {
    Verdict.SUSPECTED_OOM: "Check the task's memory metric, and whether docker kill or a stop timeout ended it.",
    Verdict.FAILURE: "Read the last log lines.",
    Verdict.MEMORY_WARNING: "Look for growth before it is killed.",
    Verdict.NONE: "",
}


def advice(incident: Incident, limits: Ceiling, *, injected_by: str) -> str:
    """What to do next, as one sentence; "" where nothing is left to do."""
    if not incident.is_unfinished:
        return ""
    if not incident.group_key.container:
        return "Look at the service's events."
    if incident.verdict is not Verdict.OOM:
        return BY_VERDICT[incident.verdict]
    if limits.endangers_host:
        return "Give it a hard memory limit, then look for growth."
    if injected_by:
        return "Give the task more memory."
    return "Read the last log lines, then raise the limit or fix the growth."
