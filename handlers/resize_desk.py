"""The desk for resizes: what the doors have at hand where memory is changed: policy, people, plans."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.domain.audit import Deed, Entry
from bot.domain.authority import Allowed, Denied
from bot.domain.policy import Person, Policy
from bot.domain.subject import Subject
from bot.store import audit_trail
from handlers.desk import Desk
from handlers.facts_at_hand import FactsAtHand
from handlers.resize_planning import ResizePlanning

Rule = Callable[[Policy, Person], Allowed | Denied]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeDesk:
    """Beside the desk of all doors."""

    desk: Desk
    policy: Policy
    planning: ResizePlanning

    async def denial(
        self, user: str, rule: Rule, wish: str, subject: Subject | None = None, resize_id: int | None = None
    ) -> Denied | None:
        """Why the person may not, None where they may. A refusal is kept; `wish` says what they wanted to do."""
        found = rule(self.policy, await self.desk.person(user))
        if isinstance(found, Allowed):
            return None
        log.warning("resize.denied", user=user, wish=wish, subject=str(subject or ""), resize_id=resize_id)
        words = f"Wanted to {wish}. {found.words}"
        await self.note(user, Deed.REFUSED, words, subject, resize_id)
        return found

    async def note(
        self, user: str, deed: Deed, words: str, subject: Subject | None, resize_id: int | None = None
    ) -> None:
        """Write an entry of the audit trail that belongs to no change."""
        place = "" if subject is None else str(subject)
        entry = Entry(
            at=self.desk.clock(), who=user, deed=deed, words=words, subject=place, resize_id=resize_id
        )
        await self.desk.db.write(audit_trail.add, [entry])


def build_resize_desk(desk: Desk) -> ResizeDesk:
    """The desk for resizes over that of all doors."""
    planning = ResizePlanning(desk.db, FactsAtHand(desk.read_facts), desk.policy, desk.clock)
    return ResizeDesk(desk=desk, policy=desk.policy, planning=planning)
