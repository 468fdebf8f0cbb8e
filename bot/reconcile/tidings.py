"""Tidings: find what people wished to be told directly, and tell each of it once."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.home.home import is_mine, owning_groups
from bot.domain.home.wish import Wish
from bot.domain.incident.incident import Incident, Phase
from bot.domain.policy.policy import Role
from bot.domain.resize.authority import Allowed, may_approve
from bot.domain.resize.resize import Resize, ResizePhase
from bot.reconcile.bench import Bench
from bot.reconcile.home_orders import HomeOrders
from bot.slack.mrkdwn import USER, USER_GROUP
from bot.store import direct_messages, home_facts, homes, incidents, resizes, silences
from bot.store.direct_messages import News
from bot.store.homes import Home

log = structlog.get_logger(__name__)

_FRESH_FOR = timedelta(hours=1)  # what is older is no news: the bot was down, or the wish is young
_MOST_INCIDENTS = 200
_MOST_RESIZES = 50
_MOST_OF_A_GROUP = 30
_TOLD = {ResizePhase.PROVEN, ResizePhase.NOT_ENOUGH, ResizePhase.FAILED, ResizePhase.ROLLED_BACK}


class Tidings:
    """One pass writes down what is to be told; who was told already is known by the store."""

    def __init__(self, bench: Bench, orders: HomeOrders) -> None:
        """The policy says who approves, the routes who owns."""
        self._bench = bench
        self._db = bench.db
        self._orders = orders
        self._judged: set[tuple[int, str]] = (
            set()
        )  # request and person: whether they may approve was looked up

    async def one_pass(self) -> bool:
        """Whether there was anything new."""
        now = self._bench.clock()
        people = await self._db.read(homes.everybody)
        unfinished = await self._db.read(resizes.all_unfinished, limit=_MOST_RESIZES)
        waiting = [one for one in unfinished if one.status.phase is ResizePhase.AWAITING]
        approvers = await self._approvers(people) if waiting else []
        found = [
            *await self._approvals(waiting, approvers),
            *await self._incidents(people, now),
            *await self._resizes(people, now),
        ]
        added = await self._add(found, now) if found else False
        self._judged = {(one.spec.id, user) for one in waiting for user in approvers}
        return added

    async def _add(self, found: Sequence[News], now: datetime) -> bool:
        known = await self._db.read(direct_messages.known, found)
        new = [one for one in found if one not in known]
        if not new:
            return False
        log.info("tidings.found", news=len(new))
        return bool(await self._db.write(direct_messages.add, new, now))

    async def _approvals(self, waiting: Sequence[Resize], users: Sequence[str]) -> list[News]:
        """Those who may agree to what waits; who was looked up for it before was told, or may not."""
        news = []
        for one, user in itertools.product(waiting, users):
            if (one.spec.id, user) in self._judged:
                continue
            person = await self._orders.who(user, ())
            if isinstance(may_approve(self._orders.policy, person, one), Allowed):
                news.append(News(user=user, wish=Wish.APPROVAL, about=one.spec.id))
        return news

    async def _approvers(self, people: Sequence[Home]) -> list[str]:
        """Who may be one: whoever opened Home or is named by the policy, unless they want to hear of none."""
        declined = {one.user for one in people if Wish.APPROVAL not in one.wishes}
        return sorted(({one.user for one in people} | await self._named_approvers()) - declined)

    async def _named_approvers(self) -> set[str]:
        """By their ids and as members of groups: of a large one only who opened Home, so that no hundreds are disturbed."""
        grants = self._orders.policy.grants
        named = {who for one in grants if one.role is Role.APPROVER for who in one.who}
        users = {who for who in named if USER.fullmatch(who)}
        for group in sorted(who for who in named if USER_GROUP.fullmatch(who)):
            members = await self._orders.members(group)
            if len(members) <= _MOST_OF_A_GROUP:
                users |= {one for one in members if USER.fullmatch(one)}
        return users

    async def _incidents(self, people: Sequence[Home], now: datetime) -> list[News]:
        """What opened lately, nobody took over, is shown in a channel and not muted, for owners who wish it."""
        wishing = [one for one in people if Wish.INCIDENT in one.wishes]
        fresh = await self._fresh_incidents(now) if wishing else []
        if not fresh:
            return []
        groups = owning_groups(fresh, self._orders.owner_of)
        news = []
        for home in wishing:
            person = await self._orders.who(home.user, groups)
            news += [
                News(user=home.user, wish=Wish.INCIDENT, about=one.id, moment=f"{one.reopened_count}")
                for one in fresh
                if _opened_at(one) >= home.wished_at and is_mine(one, person, self._orders.owner_of)
            ]
        return news

    async def _fresh_incidents(self, now: datetime) -> list[Incident]:
        unfinished = await self._db.read(incidents.unfinished, _MOST_INCIDENTS)
        fresh = [one for one in unfinished if one.phase is Phase.OPEN and now - _opened_at(one) < _FRESH_FOR]
        if not fresh:
            return []
        places = await self._db.read(home_facts.places, fresh, ())
        muting = await self._db.read(silences.active, now)
        return [
            one
            for one in fresh
            if f"incident {one.id}" in places and not any(it.mutes(one.group_key, now) for it in muting)
        ]

    async def _resizes(self, people: Sequence[Home], now: datetime) -> list[News]:
        wished_at = {one.user: one.wished_at for one in people if Wish.RESIZE in one.wishes}
        ended = await self._db.read(resizes.ended_since, now - _FRESH_FOR) if wished_at else []
        return [
            News(
                user=one.spec.requested_by, wish=Wish.RESIZE, about=one.spec.id, moment=one.status.phase.value
            )
            for one in ended
            if one.status.phase in _TOLD and _ended_after(one, wished_at.get(one.spec.requested_by))
        ]


def _opened_at(incident: Incident) -> datetime:
    return incident.reopened_at or incident.opened_at


def _ended_after(resize: Resize, moment: datetime | None) -> bool:
    ended_at = resize.status.ended_at
    return moment is not None and ended_at is not None and ended_at >= moment
