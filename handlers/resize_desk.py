"""The desk for resizes: what the doors have at hand where memory is changed: policy, people, plans."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import structlog
from sqlalchemy import Connection

from bot.domain.plan.plan import Plan
from bot.domain.policy.policy import Person, Policy
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.authority import Allowed, Denied
from bot.domain.resize.decision import Decision
from bot.domain.resize.record import recorded
from bot.domain.resize.resize import Resize
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import Language, mark, say, speaking
from bot.domain.telling.listed import sentences
from bot.slack.resize import plan_text
from bot.store import audit_trail
from handlers.desk import Desk
from handlers.facts_at_hand import FactsAtHand
from handlers.resize_planning import ResizePlanning

P = ParamSpec("P")
Rule = Callable[[Policy, Person], Allowed | Denied]
LOOKING = mark("Wanted to see a plan.")
HISTORY = mark("Wanted to see its history.")
CHANGING = mark("Wanted to change memory: {sizes}.")
APPROVING = mark("Wanted to approve changes.")
DECLINING = mark("Wanted to decline a request.")
CANCELLING = mark("Wanted to cancel others' requests.")
GOING_BACK = mark("Wanted to roll back changes.")
FREEZING = mark("Wanted to freeze changes.")
THAWING = mark("Wanted to thaw changes.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to do, for the audit trail where they may not.

    `wish` is one of the sentences above, for the catalogs; `plan` is there where it names sizes.
    """

    wish: str
    subject: Subject | None = None
    resize_id: int | None = None
    plan: Plan | None = None

    @property
    def words(self) -> str:
        """The wish in the language that is spoken."""
        return say(self.wish, sizes="" if self.plan is None else plan_text.sizes(self.plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeDesk:
    """Beside the desk of all doors."""

    desk: Desk
    policy: Policy
    planning: ResizePlanning

    async def denial(self, user: str, rule: Rule, attempt: Attempt) -> Denied | None:
        """Why the person may not, in their language; None where they may. A refusal is kept."""
        person = await self.desk.person(user)
        found = rule(self.policy, person)
        if isinstance(found, Allowed):
            return None
        subject, resize_id = attempt.subject, attempt.resize_id
        log.warning(
            "resize.denied", user=user, wish=attempt.wish, subject=str(subject or ""), resize_id=resize_id
        )

        def words() -> str:
            again = rule(self.policy, person)
            return sentences([attempt.words, again.words if isinstance(again, Denied) else ""])

        await self.note(user, Deed.REFUSED, words, subject, resize_id)
        return found

    def language(self, subject: Subject | None, container: str = "") -> Language:
        """What is spoken where changes of it are told, in which plans are written as well."""
        tongues = self.desk.tongues
        return tongues.here() if subject is None else tongues.of(subject.with_container(container))

    async def decide(
        self,
        resize: Resize,
        job: Callable[Concatenate[Connection, P], Decision],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Decision:
        """Write down what a person decides, in the words of the channel that is told."""
        plan = resize.spec.plan
        with speaking(self.language(plan.target.subject, plan.container)):
            return await self.desk.db.write(job, *args, **kwargs)

    async def note(
        self,
        user: str,
        deed: Deed,
        tell: Callable[[], str],
        subject: Subject | None,
        resize_id: int | None = None,
    ) -> None:
        """Write an entry of the audit trail that belongs to no change: in English, and as its channel speaks."""
        place, now = "" if subject is None else str(subject), self.desk.clock()

        def entry() -> Entry:
            return Entry(at=now, who=user, deed=deed, words=tell(), subject=place, resize_id=resize_id)

        with speaking(self.language(subject)):
            await self.desk.db.write(audit_trail.add, [recorded(entry)])


def build_resize_desk(desk: Desk) -> ResizeDesk:
    """The desk for resizes over that of all doors."""
    planning = ResizePlanning(desk.db, FactsAtHand(desk.read_facts), desk.policy, desk.clock)
    return ResizeDesk(desk=desk, policy=desk.policy, planning=planning)
