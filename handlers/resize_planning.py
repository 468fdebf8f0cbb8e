"""Planning a resize for a person: from what a form orders to the sheet that it shows, with fresh facts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.aws.attempt import Miss
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.plan import beside, planning
from bot.domain.plan.amount import BadAmount, parse
from bot.domain.plan.fitting import Misfit
from bot.domain.plan.pinning import pinned
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.plan.sizes_on_offer import offer
from bot.domain.policy.policy import Policy
from bot.domain.resize.authority import needs_approval
from bot.domain.subject.subject import Subject
from bot.slack.resize.modal import Order, Sheet
from bot.store import diagnoses, investigations
from bot.store.database import Database
from handlers.facts_at_hand import FactsAtHand

SHOWN_S, SUBMITTED_S = (
    60.0,
    5.0,
)  # how old facts may be for a plan that is only shown, and for one that is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An order as far as it could be understood, and its sheet."""

    order: Order
    sheet: Sheet


class ResizePlanning:
    """Reads AWS and the store; writes nothing."""

    def __init__(
        self, db: Database, at_hand: FactsAtHand, policy: Policy, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._at_hand = at_hand
        self._policy = policy
        self._clock = clock

    async def draw(self, order: Order, *, at_most_old_s: float = SHOWN_S) -> Drawn | Miss:
        """The sheet of an order, or why there is none. Raises StoreUnavailable, and TimeoutError of the caller's."""
        diagnosis = await self._db.read(_diagnosis, order)
        facts = await self._at_hand.of(order.subject, diagnosis, at_most_old_s=at_most_old_s)
        if isinstance(facts, Miss):
            return facts
        facts = replace(facts, diagnosis=diagnosis)  # two clicks share a reading, not a diagnosis
        try:
            amount = parse(order.amount)
            others = tuple((name, parse(typed)) for name, typed in order.others)
        except BadAmount as wrong:
            return Miss(str(wrong))
        order = replace(order, container=_container(facts, order.container))
        # Not bound to the revision that was shown: the form shows what is true now, and says what changed.
        wish = Wish(amount=amount, knobs=frozenset(order.knobs), pin_images=order.pins, others=others)
        return Drawn(order=order, sheet=self._sheet(facts, order, wish))

    async def images_of(self, subject: Subject) -> Facts | Miss:
        """What runs there and what its tags mean now, or why nobody knows. Raises TimeoutError of the caller's."""
        return await self._at_hand.of(subject, None, at_most_old_s=SHOWN_S)

    def _sheet(self, facts: Facts, order: Order, wish: Wish) -> Sheet:
        plan = planning.plan(facts, order.container, wish, now=self._clock())
        definition, around = facts.definition, beside.beside(facts, order.container, wish)
        return Sheet(
            plan=plan,
            offer=offer(facts if isinstance(around, Misfit) else around, order.container),
            others=beside.others(facts, order.container),
            containers=[one.name for one in definition.containers],
            knobs=planning.knobs(facts, order.container, wish),
            can_pin=any(pinned(facts, one) for one in definition.containers),
            needs_approval=needs_approval(self._policy, plan) if plan.can_be_done else (),
        )


def _container(facts: Facts, asked: str) -> str:
    """The one that was asked for; else the one that the diagnosis blames, else the first essential one."""
    names = [one.name for one in facts.definition.containers]
    if asked or not names:
        return asked
    blamed = facts.diagnosis.blamed_container if facts.diagnosis else ""
    essential = [one.name for one in facts.definition.containers if one.is_essential]
    return next((one for one in (blamed, *essential) if one in names), names[0])


def _diagnosis(conn: Connection, order: Order) -> Diagnosis | None:
    """The incident's own; else the newest of the subject."""
    found = None if order.incident_id is None else investigations.get(conn, order.incident_id)
    own = found.diagnosis if found else None
    return own or diagnoses.latest(conn, order.subject)
