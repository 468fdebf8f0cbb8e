"""Audit entries: who did what, when, to what and why; written once and never changed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.plan.plan import Plan
from bot.domain.telling.csv_line import csv_line
from bot.domain.telling.masking import masked

FIELDS = ("id", "at", "resize", "subject", "who", "action", "words", "detail", "link")


class Deed(StrEnum):
    """What was done."""

    LOOKED = "dry run"  # a plan was shown, and nothing else was wanted
    REQUESTED = "requested"
    REFUSED = "refused"  # a person who may not, or a request that cannot be: nothing was written for it
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ROLLBACK_ASKED = "rollback asked"
    ADVANCED = "advanced"  # the resize entered another phase
    REGRESSED = "regressed"
    CALLED = "called AWS"  # before the call; the answer is an entry of its own
    ANSWERED = "AWS answered"
    FROZEN = "frozen"
    THAWED = "thawed"
    FORGOT = "forgot"  # a person, whose place a pseudonym takes from now on; who that was is not said


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit trail. `who` is a Slack user id, "policy", "ECS", or "oom-guard" for the bot itself.

    `words` are English, `told` the same in the language of the channel that it concerns, "" where that is English.
    `subject` is `str(Subject)`, "" for what is about everything; `resize_id` None likewise. `detail` is JSON: the
    plan as it was shown, or a call without secrets. `id` is 0 until it is stored.
    """

    at: datetime
    who: str
    deed: Deed
    words: str
    subject: str = ""
    resize_id: int | None = None
    detail: str = ""
    link: str = ""
    told: str = ""
    id: int = 0


def without_secrets(plan: Plan) -> Plan:
    """The plan as it may be told for years: environment values that it changes are masked like log lines."""
    if plan.change is None:
        return plan
    knobs = tuple(
        (container, replace(one, old=_masked(one.variable, one.old), new=_masked(one.variable, one.new)))
        for container, one in plan.change.knobs
    )
    return replace(plan, change=replace(plan.change, knobs=knobs))


def _masked(variable: str, value: str) -> str:
    """A variable's name may be what tells that its value is a secret."""
    return masked(f"{variable}={value}").partition("=")[2]


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """One JSON object a line, each ending in a newline."""
    for entry in entries:
        yield json.dumps(_row(entry), ensure_ascii=False) + "\n"


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """RFC 4180 with a header; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    yield csv_line(FIELDS)
    for entry in entries:
        yield csv_line(_row(entry).values())


def _row(entry: Entry) -> dict[str, object]:
    at = entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = (
        entry.id,
        at,
        entry.resize_id,
        entry.subject,
        entry.who,
        entry.deed.value,
        entry.words,
        entry.detail,
        entry.link,
    )
    return dict(zip(FIELDS, values, strict=True))
