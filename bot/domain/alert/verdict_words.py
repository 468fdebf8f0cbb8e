"""Verdict words: a verdict as a sentence, with its reason and how sure it is."""

from collections.abc import Sequence

from bot.domain.incident.incident import Incident
from bot.domain.investigation import autopsy
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences


def verdict_in_words(incident: Incident, kills: Sequence[Death]) -> str:
    """What it is taken for, and why, by its newest death of that verdict."""
    telling = next((kill for kill in kills if kill.verdict is incident.verdict), None)
    reason = telling.reason if telling else ""
    if incident.verdict is Verdict.SUSPECTED_OOM:
        is_told = telling is not None and autopsy.is_told_by_log(telling)
        return with_reason(say("Told by its log, not by ECS" if is_told else "Suspected, not proven"), reason)
    if incident.verdict is Verdict.SILENT_KILL:
        return with_reason(
            say("A process inside was killed, the container lived on; only its log tells"), reason
        )
    if incident.verdict is Verdict.FAILURE:
        return with_reason(say("A failure, not a memory kill"), reason)
    if incident.verdict is Verdict.OOM:
        is_certain = telling is None or telling.confidence is Confidence.CERTAIN
        words = with_reason(say("Confirmed" if is_certain else "Likely, not certain"), reason)
        return sentences([words, _suspected_too(kills)])
    return with_reason(say("A warning"), reason)


def with_reason(words: str, reason: str) -> str:
    """`Confirmed: the kernel killed it.`; the words alone where there is no reason."""
    if not reason:
        return say("{verdict}.", verdict=words)
    return say("{verdict}: {reason}.", verdict=words, reason=reason.rstrip(".。"))


def _suspected_too(kills: Sequence[Death]) -> str:
    suspected = sum(kill.verdict is Verdict.SUSPECTED_OOM for kill in kills)
    if not suspected:
        return ""
    return say("{suspected} of the last {kills} only suspected.", suspected=suspected, kills=len(kills))
