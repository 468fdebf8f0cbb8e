"""The desk: what every door for people has at hand, and how it answers when something fails."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.domain.diagnosis.evidence import LogLine
from bot.domain.kills.death import Death, Limits
from bot.domain.policy.policy import Policy
from bot.domain.report.report_scope import ReportScope
from bot.domain.subject.subject import Subject
from bot.language.tongues import Tongues
from bot.slack.answers import refusal
from bot.slack.answers.answer import Answer
from bot.store.database import Database, StoreUnavailable
from handlers.channel_names import WhichChannel, by_word
from handlers.command_metrics import CommandMetrics
from handlers.facts_at_hand import ReadFacts
from handlers.guideposts import Guideposts
from handlers.people import WhoIs, by_id

BUDGET_S = 2.0  # of Slack's three seconds: the rest is for the way there and back, and for a response_url

Json = dict[str, Any]
CurrentLimits = Callable[[Subject], Awaitable[Mapping[str, Limits] | str]]
LogTail = Callable[[Death], Awaitable[Sequence[LogLine] | str]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Store, clock, names of accounts, counters.

    `current_limits` gives limits by container as they are configured now, or the reason why they can't be known; it
    is None where AWS is not asked. `log_tail` gives the last lines of a dead container, or why there are none; likewise.
    `policy` says who may change memory: without one, nobody; `person` tells the groups and e-mail that it may name.
    `read_facts` reads what a plan rests on; None likewise. `channels` are those that any route leads to, the default one
    first, as the settings write them; `which_channel` finds the one of them that a person names. `tongues` know what is spoken where, and by whom;
    `report_scope` what belongs to which channel, and whose days are counted by. `budget_s` is how long a person waits.
    """

    db: Database
    clock: Callable[[], datetime]
    account_name: Callable[[str], str]
    metrics: CommandMetrics
    current_limits: CurrentLimits | None = None
    log_tail: LogTail | None = None
    policy: Policy = field(default_factory=Policy)
    person: WhoIs = by_id
    read_facts: ReadFacts | None = None
    channels: Callable[[], Sequence[str]] = tuple
    which_channel: WhichChannel = by_word
    tongues: Tongues = field(default_factory=Tongues)
    guideposts: Guideposts = field(default_factory=Guideposts)
    report_scope: ReportScope = field(default_factory=ReportScope.of_everything)
    budget_s: float = BUDGET_S

    async def attempt(self, verb: str, user: str, work: Awaitable[Answer | None]) -> Json | None:
        """What to tell the person, as Slack takes it; None where the work says that there is nothing to tell.

        Never raises: a slow or absent store and our own faults become a sentence.
        """
        result, answer = await self._outcome(verb, user, work)
        self.metrics.count(verb, result)
        return None if answer is None else ephemeral(answer)

    async def _outcome(
        self, verb: str, user: str, work: Awaitable[Answer | None]
    ) -> tuple[str, Answer | None]:
        try:
            async with asyncio.timeout(self.budget_s):
                answer = await work
            if answer is not None:
                ephemeral(answer)  # a broken limit of Block Kit is our fault and is told as one
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("people.store_unavailable", verb=verb, user=user, error=str(error) or "too slow")
            return "unavailable", refusal.unavailable()
        except Exception:
            error_id = secrets.token_hex(4)
            log.exception("people.failed", verb=verb, user=user, error_id=error_id)
            return "failed", refusal.failed(error_id)
        log.info("people.answered", verb=verb, user=user)
        return "ok", answer


def ephemeral(answer: Answer) -> Json:
    """An answer as the body of an acknowledgement or response_url, for the one person who asked.

    What is for the thread of the message that was pressed says so as Slack does: `in_channel`.
    """
    kind = "in_channel" if answer.is_for_thread else "ephemeral"
    return {"response_type": kind, **answer.privately().as_arguments()}
