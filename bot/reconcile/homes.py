"""Homes: publish a person's Home when they open it or press something there, and when what it shows changes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.calendar import backoff
from bot.domain.home.home import Facts, Page, owning_groups, page
from bot.domain.telling.language import speaking
from bot.reconcile.abreast import abreast
from bot.reconcile.bench import Bench
from bot.reconcile.home_orders import HomeOrders
from bot.reconcile.pace import Budget
from bot.reconcile.paced import paced
from bot.reconcile.permalinks import Permalinks
from bot.slack.home import approvals, incidents, under_way
from bot.slack.home.page import digest, home
from bot.slack.posting import RateLimited, Refused, SlackTrouble
from bot.slack.publishing import HashConflict, Publisher
from bot.store import home_facts, homes
from bot.store.homes import Home

log = structlog.get_logger(__name__)

PUBLISHES = Budget("views.publish", 60 / 90, burst=10)  # tier 4, 100 a minute
LOOKS_FOR = timedelta(hours=4)  # so long after somebody opened it they may still look at it
REFRESHED_EVERY = timedelta(seconds=10)
_PRESSED_LATELY = timedelta(seconds=10)
_LEASE_FOR = timedelta(seconds=60)
_AT_ONCE = 10


class Homes:
    """One pass publishes what is due, then sees whose Home is no longer true."""

    def __init__(self, bench: Bench, publisher: Publisher, links: Permalinks, orders: HomeOrders) -> None:
        """`links` lead from a Home to the messages in channels."""
        self._bench = bench
        self._db = bench.db
        self._publisher = publisher
        self._links = links
        self._orders = orders
        self._looked_at: datetime | None = None

    async def one_pass(self) -> bool | float:
        """Publish what is due: whether there was any, or in how many seconds there is reason to look again."""
        now = self._bench.clock()
        if await self._db.read(homes.due, now):
            leased = await self._db.write(
                homes.lease, self._bench.worker, now, limit=_AT_ONCE, lease_for=_LEASE_FOR
            )
            if leased:
                facts = await self._facts(now)
                await abreast(lambda one: self._publish(one, facts), leased)
                return True
        return await self._look(now)

    async def _look(self, now: datetime) -> bool | float:
        """Whose Home shows something old? Of those who look at it, at most every ten seconds; at once after a press."""
        found = await self._db.read(homes.open_since, now - LOOKS_FOR)
        chosen = self._of_those_to_look_at(found, now)
        if not chosen:
            return REFRESHED_EVERY.total_seconds() if found else False
        facts = await self._facts(now)
        old = [one for one in chosen if await self._shows_old(one, facts)]
        return bool(old) and bool(await self._db.write(homes.outdate, old, now))

    def _of_those_to_look_at(self, found: Sequence[Home], now: datetime) -> Sequence[Home]:
        pressed = [one for one in found if one.pressed_at and now - one.pressed_at < _PRESSED_LATELY]
        if self._looked_at is not None and now - self._looked_at < REFRESHED_EVERY:
            return pressed
        self._looked_at = now
        rested = [one for one in found if one.published_at and now - one.published_at >= REFRESHED_EVERY]
        return [*pressed, *(one for one in rested if one not in pressed)]

    async def _shows_old(self, seen: Home, facts: Facts) -> bool:
        shown = await self._page(seen, facts)
        with speaking(await self._bench.tongues.with_person(seen.user)):
            return digest(shown, self._orders.account_name) != seen.shown

    async def _publish(self, wanted: Home, facts: Facts) -> None:
        """Whatever goes wrong leaves it due again."""
        shown = await self._page(wanted, facts)
        with speaking(await self._bench.tongues.with_person(wanted.user)):
            view = home(shown, self._orders.account_name)
            named = digest(shown, self._orders.account_name)
        try:
            publish = partial(self._publisher.publish, wanted.user, view, wanted.view_hash)
            view_hash = await paced(self._bench.pace, publish, PUBLISHES)
        except HashConflict:
            await self._db.write(homes.retry, wanted, self._bench.clock(), "hash_conflict")
        except SlackTrouble as trouble:
            await self._put_off(wanted, trouble)
        else:
            log.info("home.published", user=wanted.user, blocks=len(view["blocks"]))
            await self._db.write(homes.published, wanted, named, view_hash, self._bench.clock())

    async def _put_off(self, wanted: Home, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        log.warning("home.not_published", user=wanted.user, error=str(trouble), attempts=wanted.attempts)
        if isinstance(trouble, Refused):
            await self._db.write(homes.give_up, wanted, str(trouble))
            return
        wait = backoff.after(wanted.attempts + 1)
        if isinstance(trouble, RateLimited):
            wait = timedelta(seconds=trouble.retry_after_s)
        await self._db.write(homes.retry, wanted, self._bench.clock() + wait, str(trouble))

    async def _facts(self, now: datetime) -> Facts:
        facts = await self._db.read(home_facts.facts, now)
        known = await self._db.read(home_facts.installation, self._orders.channel)
        policy = self._orders.policy
        known = replace(known, has_policy=bool(policy.grants), is_read_only=policy.read_only)
        return replace(facts, installation=known)

    async def _page(self, wanted: Home, facts: Facts) -> Page:
        """What this person is shown, with links to what fits into it."""
        groups = owning_groups(facts.incidents, self._orders.owner_of)
        person = await self._orders.who(wanted.user, groups)
        shown = page(facts, person, self._orders.policy, self._orders.owner_of)
        names = [
            *(f"resize {one.spec.id}" for one in shown.approvals[: approvals.MOST]),
            *(f"incident {one.id}" for one in [*shown.mine, *shown.others][: incidents.MOST]),
            *(f"resize {one.spec.id}" for one in shown.under_way[: under_way.MOST]),
        ]
        told = [name for name in names if name in facts.places]
        urls = await asyncio.gather(*(self._links.of(*facts.places[name]) for name in told))
        links = dict(zip(told, urls, strict=True))
        return replace(
            shown,
            wishes=wanted.wishes,
            note=wanted.note,
            links=links,
            offers_messages=self._orders.sends_messages,
        )
