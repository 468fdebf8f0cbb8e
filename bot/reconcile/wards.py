"""Wards: what a doctor looks at, one look each: Slack, channels, topics, queues, accounts, their regions."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls
from bot.aws.checkup import clusters, needed, permissions, queues, resizing, rules, topics
from bot.aws.checkup.identity import identity
from bot.aws.checkup.needed import Need
from bot.aws.checkup.permissions import Caller
from bot.aws.checkup.place import in_trouble
from bot.domain.aws.partition import partition_of_region
from bot.domain.aws.queue import Queue
from bot.domain.aws.topic import Topic
from bot.domain.checkup import checkup_lines
from bot.domain.checkup.checkup import Area, Check
from bot.domain.policy.policy import Role
from bot.domain.telling.language import say
from bot.reconcile.doctor_orders import DoctorOrders
from bot.slack.checkup import SlackProbe
from bot.store.checkup import StoreFacts

_READING, _OWN, _CHANGING = (f"deploy/iam/{name}.json" for name in ("read-only", "bot", "resize"))


@dataclass(frozen=True, slots=True)
class Ward:
    """One look, and what its line says where it does not come to an end; `account` is a name, "" for none."""

    area: Area
    what: str
    look: Callable[[], Awaitable[Sequence[Check]]]
    account: str = ""


class Wards:
    """Makes the looks of one checkup."""

    def __init__(
        self, slack: SlackProbe, calls: Calls, orders: DoctorOrders, clock: Callable[[], datetime]
    ) -> None:
        """Nothing is looked at yet."""
        self._slack = slack
        self._calls = calls
        self._orders = orders
        self._clock = clock

    def all(self, facts: StoreFacts | None) -> list[Ward]:
        """All looks; `facts` are what the store knows, None where it does not answer."""
        return [*self._of_slack(), *self._of_events(facts), *self._of_places()]

    def _of_slack(self) -> Iterator[Ward]:
        yield Ward(Area.SLACK, say("Bot token"), self._token)
        if self._orders.app_token:
            yield Ward(Area.SLACK, say("Socket Mode token"), self._socket)
        for channel, marked in self._orders.channels:
            role = say(marked)
            what = say("Channel {channel} ({role})", channel=channel, role=role)
            yield Ward(Area.SLACK, what, partial(self._channel, channel, role))

    def _of_events(self, facts: StoreFacts | None) -> Iterator[Ward]:
        for topic in self._orders.topics:
            yield Ward(Area.EVENTS, say("Topic {name}", name=topic.name), partial(self._topic, topic, facts))
        for queue in self._orders.queues:
            yield Ward(Area.EVENTS, say("Queue {name}", name=queue.name), partial(self._queue, queue, facts))

    def _of_places(self) -> Iterator[Ward]:
        orders = self._orders
        places = orders.places or (Place("", orders.home_region),)
        firsts: dict[str, Place] = {}
        for place in places:
            firsts.setdefault(place.account, place)
        is_alone = len(firsts) == 1
        for place in firsts.values():
            name = "" if is_alone else self._name(place)
            yield Ward(Area.AWS, say("Identity"), partial(self._account, place), name)
        for place in places:
            look = partial(clusters.insights, self._calls, place, orders.clusters)
            name = "" if is_alone else self._name(place)
            yield Ward(Area.INSIGHTS, say("Clusters"), look, name)

    def _name(self, place: Place) -> str:
        return self._orders.account_name(place.account) if place.account else say("own account")

    async def _token(self) -> list[Check]:
        found = await self._slack.token()
        if found.slack_time is None:
            return found.checks
        return [*found.checks, checkup_lines.clock("Slack", found.slack_time, self._clock())]

    async def _socket(self) -> list[Check]:
        return [await self._slack.socket()]

    async def _channel(self, channel: str, role: str) -> list[Check]:
        return [await self._slack.channel(channel, role)]

    async def _topic(self, topic: Topic, facts: StoreFacts | None) -> list[Check]:
        place = Place(topic.account, topic.region)
        confirmed = frozenset[str]() if facts is None else facts.confirmed
        polled = frozenset(one.name for one in self._orders.queues)
        found = await topics.topic(self._calls, place, topic, confirmed, polled)
        return [*found, *await self._rules(place, topic.arn, facts)]

    async def _queue(self, queue: Queue, facts: StoreFacts | None) -> list[Check]:
        home = Place(queue.account, queue.region or self._orders.home_region)
        place = home if self._orders.has_role(home) else Place("", home.region)
        found = await queues.queue(self._calls, place, queue, self._clock())
        if self._orders.topics:  # events come through a topic into it
            return found
        partition = partition_of_region(place.region)
        arn = f"arn:{partition.name if partition else 'aws'}:sqs:{place.region}:{queue.account}:{queue.name}"
        return [*found, *await self._rules(home, arn, facts)]

    async def _rules(self, place: Place, target_arn: str, facts: StoreFacts | None) -> list[Check]:
        last = None if facts is None else facts.last_event_at
        is_heard = last is not None and self._clock() - last < checkup_lines.LATELY
        return await rules.rules(self._calls, place, target_arn, self._orders.bus, is_heard=is_heard)

    async def _account(self, place: Place) -> list[Check]:
        """Who we are there, and what we may."""
        found = await identity(self._calls, place)
        if found.caller is None:
            return [found.check]
        lines = [found.check]
        for policy, needs in self._needs(place, found.caller):
            lines.append(await self._permissions(place, found.caller, needs, policy))
        if self._changes_memory():
            line, changer = await resizing.changer(self._calls, place, found.caller)
            lines.append(line)
            if changer is not None:
                lines.append(await self._permissions(place, changer, needed.CHANGING, _CHANGING))
        if found.aws_time is not None and not place.account:
            lines.append(checkup_lines.clock("AWS", found.aws_time, self._clock()))
        return lines

    async def _permissions(self, place: Place, who: Caller, needs: Sequence[Need], policy: str) -> Check:
        try:
            return await permissions.permissions(self._calls, place, who, needs, policy)
        except AwsTrouble as trouble:
            return in_trouble(Area.AWS, say("Permissions ({policy})", policy=policy), trouble)

    def _changes_memory(self) -> bool:
        policy = self._orders.policy
        return not policy.read_only and any(one.role is not Role.VIEWER for one in policy.grants)

    def _needs(self, place: Place, caller: Caller) -> Iterator[tuple[str, Sequence[Need]]]:
        """Policies by their files, and what of them is used."""
        yield _READING, needed.READING
        if not place.account:
            yield _OWN, self._own_needs(caller)

    def _own_needs(self, caller: Caller) -> list[Need]:
        """What the bot itself does, to the things that are configured. A role elsewhere is proven by being assumed."""
        orders = self._orders
        found = [
            replace(needed.TOPICS, resource=one.arn) for one in orders.topics if one.account == caller.account
        ]
        for queue in orders.queues:
            arn = f"arn:{caller.arn.split(':')[1]}:sqs:{queue.region or orders.home_region}:{queue.account}:{queue.name}"
            found.append(replace(needed.QUEUES, resource=arn))
        return [*found, needed.TESTS]
