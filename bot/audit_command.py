"""The command `audit`: what is wrong with the task definitions in use, for a person or for CI."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from bot.aws.calls import Calls
from bot.aws.survey.histories import Histories
from bot.aws.survey.pacing import Pacing
from bot.aws.survey.surveying import Surveyor, Wish
from bot.domain.inspection.remark import Inspection, Remark, Severity
from bot.domain.inspection.rules import LOOKED_BACK, inspect
from bot.look_settings import LookSettings

SEVERE, UNKNOWN = 1, 3  # 2 is click's, for a misuse
_AT_ONCE = 8
_MARKS = {Severity.SEVERE: "SEVERE ", Severity.WARNING: "warning", Severity.HINT: "hint   "}


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found, and what could not be looked at."""

    inspection: Inspection
    gaps: tuple[str, ...]

    @property
    def status(self) -> int:
        """The exit status: severe remarks first, then that something could not be looked at."""
        if self.inspection.is_severe:
            return SEVERE
        return UNKNOWN if self.gaps or not self.inspection.looked_at else 0


def audit_command(read_settings: Callable[[], LookSettings]) -> click.Command:
    """The command; settings are read when it runs."""

    @click.command("audit", short_help="Examine the task definitions in use.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @click.option("--cluster", default="", metavar="NAME", help="This cluster only, by name or ARN.")
    def audit(*, as_json: bool, cluster: str) -> None:
        """Examine every task definition in use, with AWS credentials and AWS_REGION alone; nothing is changed.

        Exits with 1 if anything severe was found, with 3 if something could not be looked at.
        """
        found = asyncio.run(examined(read_settings(), cluster))
        lines = [json.dumps(as_object(found), ensure_ascii=False)] if as_json else as_lines(found)
        for line in lines:
            click.echo(line)
        sys.exit(found.status)

    return audit


async def examined(settings: LookSettings, cluster: str) -> Audited:
    """Look at AWS as the bot does."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="aws") as pool:
        calls = Calls(pool, settings.as_accounts())
        pacing = Pacing()
        fleet = await Surveyor(calls, settings.surveyed()).fleet(
            pacing, Wish(cluster=cluster, with_tasks=True)
        )
        now = datetime.now(UTC)
        histories, gaps = await Histories(calls, pacing).of(fleet.running, now=now, back=LOOKED_BACK)
    found = inspect(histories, percent=settings.near_miss_percent, now=now)
    return Audited(found, (*fleet.gaps, *gaps))


def as_object(found: Audited) -> dict[str, Any]:
    """For machines; the names in it stay."""
    inspection = found.inspection
    return {
        "looked_at": inspection.looked_at,
        "severe": inspection.count(Severity.SEVERE),
        "warnings": inspection.count(Severity.WARNING),
        "hints": inspection.count(Severity.HINT),
        "remarks": [_as_object(one) for one in inspection.remarks],
        "without_data": [str(one.subject) for one in inspection.without_data],
        "not_looked_at": list(found.gaps),
    }


def _as_object(remark: Remark) -> dict[str, str]:
    running = remark.running
    return {
        "severity": remark.severity.value,
        "rule": remark.rule,
        "subject": str(running.subject),
        "task_definition": running.definition.arn,
        "container": remark.container,
        "words": remark.words,
        "evidence": remark.evidence,
        "fix": remark.fix,
        "paste": remark.paste,
    }


def as_lines(found: Audited) -> Iterator[str]:
    """For people."""
    for remark in found.inspection.remarks:
        container = f"/{remark.container}" if remark.container else ""
        yield f"{_MARKS[remark.severity]} {remark.running.subject}{container}  [{remark.rule}]"
        yield f"        {remark.words} ({remark.evidence})"
        if remark.fix:
            yield f"        → {remark.fix}"
    inspection = found.inspection
    counts = ", ".join(f"{inspection.count(one)} {one.value}" for one in Severity)
    yield f"{inspection.looked_at} services and tasks looked at: {counts}."
    if inspection.without_data:
        yield f"No data of {len(inspection.without_data)}: their headroom is not known."
    for gap in found.gaps:
        yield f"Not looked at: {gap}"
