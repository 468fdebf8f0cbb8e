"""Room on a host: a container without a hard limit against what it reserves there, and what to reserve instead."""

from collections.abc import Iterator

from bot.domain.aws.layout import stepped
from bot.domain.diagnosis.ceiling import is_on_shared_host
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.limit import container_of, limit_of
from bot.domain.telling.language import say

MARGIN = 1.25  # over the largest use that was seen


def is_unlimited(evidence: Evidence) -> bool:
    """Whether it is known that only its host's memory limited the container."""
    on_host = is_on_shared_host(evidence.death.launch_type)
    return on_host and evidence.definition is not None and limit_of(evidence).mib is None


def reserved_mib(evidence: Evidence) -> int | None:
    """What ECS kept for the container on its host; None where it reserves nothing or nobody knows."""
    container = container_of(evidence)
    return evidence.death.limits.reservation_mib or (container.reservation_mib if container else None)


def findings(evidence: Evidence) -> Iterator[Finding]:
    """That it used more than it reserves: then ECS places more tasks than the host has memory for."""
    reserved, peak = reserved_mib(evidence), evidence.series.peak_mib if evidence.series else None
    if not is_unlimited(evidence) or reserved is None or peak is None or peak <= reserved:
        return
    wanted = stepped(peak * MARGIN)
    yield Finding(
        rule="host.reservation",
        words=say(
            "It used {peak:,.0f} MiB and reserves {reserved:,}: its host is overbooked.",
            peak=peak,
            reserved=reserved,
        ),
        evidence=say(
            "memory peak {peak:,.0f} MiB against memoryReservation {reserved:,} MiB",
            peak=peak,
            reserved=reserved,
        ),
        fix=say("Set memoryReservation to {mib} and memory (the hard limit) no lower.", mib=wanted),
        paste=str(wanted),
    )


def words(evidence: Evidence) -> str:
    """`No hard limit was in force: only its host's 3,767 MiB limited it.`"""
    if evidence.host is None or not evidence.host.registered_mib:
        return say("No hard limit was in force.")
    return say(
        "No hard limit was in force: only its host's {mib:,} MiB limited it.",
        mib=evidence.host.registered_mib,
    )
