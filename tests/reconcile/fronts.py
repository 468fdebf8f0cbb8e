"""Fronts: Home and direct messages as a process of their own would run them, and what people see of them."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.domain.policy.policy import Person, Policy
from bot.domain.resize.resize import ResizePhase
from bot.domain.resize.step import Finish
from bot.reconcile.couriers import Couriers
from bot.reconcile.home_orders import HomeOrders
from bot.reconcile.homes import Homes
from bot.reconcile.permalinks import Permalinks
from bot.reconcile.tidings import Tidings
from bot.slack.publishing import Publisher
from bot.store import homes, leases, resizes
from tests.reconcile.scene import Scene
from tests.slack.block_kit import texts
from tests.slack.resizes import resize

ALICE, BOB = "U0ALICE", "U0BOB"


@dataclass
class Front:
    """The reconcilers that speak to single people; `groups` says who is in which."""

    stage: Scene
    policy: Policy = field(default_factory=Policy)
    owner: str = ""
    groups: dict[str, set[str]] = field(default_factory=dict)
    worker: str = "worker-1"
    sends_messages: bool = True

    def __post_init__(self) -> None:
        """As a process that has just begun."""
        bench = replace(self.stage.bench, worker=self.worker)
        publisher = Publisher(bench.poster)
        links, orders = Permalinks(bench, publisher), self._orders()
        self.homes = Homes(bench, publisher, links, orders)
        self.tidings = Tidings(bench, orders)
        self.couriers = Couriers(bench, publisher, links)

    def _orders(self) -> HomeOrders:
        async def who(user: str, asked: Collection[str]) -> Person:
            return Person(
                user=user,
                groups=frozenset(
                    one for one in {*asked, *self.policy.people()} if user in self.groups.get(one, ())
                ),
            )

        async def members(group: str) -> frozenset[str]:
            return frozenset(self.groups.get(group, ()))

        return HomeOrders(
            policy=self.policy,
            owner_of=lambda _: self.owner,
            account_name=lambda _: "prod-eu",
            who=who,
            members=members,
            channel=self.stage.channel,
            sends_messages=self.sends_messages,
        )

    async def opens(self, user: str = ALICE) -> None:
        """Somebody opens Home, and it is published."""
        await self.stage.db.write(homes.opened, user, self.stage.clock())
        await self.publish()

    async def publish(self) -> None:
        """What is due now."""
        while await self.homes.one_pass() is True:
            pass

    async def tell(self, after: float = 0) -> None:
        """Let so many seconds go by, then find news and post what is due."""
        await self.stage.clock.sleep(after)
        await self.tidings.one_pass()
        await self.couriers.one_pass()

    def blocks(self, user: str = ALICE) -> list[dict[str, Any]]:
        """What the person sees in Home."""
        return list(self.stage.slack.snapshot(user)["home"]["blocks"])

    def says(self, user: str = ALICE) -> str:
        """All its words."""
        return "\n".join(texts(self.blocks(user)))

    def direct(self, user: str = ALICE) -> list[str]:
        """The texts of the direct messages to a person, oldest first."""
        channel = self.stage.slack.workspace.channels.get(f"D{user[1:]}")
        return [one.text for one in channel.messages.values()] if channel else []


async def asked(stage: Scene, incident_id: int | None, **spec: Any) -> None:
    """Alice asks for a change now, and a second person must agree."""
    now = stage.clock()
    times = {"requested_at": now, "expires_at": now + timedelta(hours=1)}
    who = {"requested_by": ALICE, "incident_id": incident_id}
    wanted = replace(resize().spec, **{**times, **who, **spec})
    assert (await stage.db.write(resizes.request, wanted, "V1", now)).resize is not None


async def goes_on(stage: Scene, phase: ResizePhase, **status: Any) -> None:
    """The reconciler of resizes got so far."""
    now = stage.clock()
    claim = leases.Claim(owner="tests", now=now, limit=1, lease_for=timedelta(minutes=1))
    (held,) = await stage.db.write(resizes.lease, claim)
    reached = replace(held.resize.status, phase=phase, **status)
    assert await stage.db.write(resizes.settle, held, Finish(reached, look_again_at=now), now)
