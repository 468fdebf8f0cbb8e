"""Couriers: post direct messages, each once, when nobody needs Slack more."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.calendar import backoff
from bot.domain.home.wish import Wish
from bot.domain.incident.incident import Phase
from bot.domain.resize.resize import ResizePhase
from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.pace import ALL_POSTS, LOOKS, Budget, posts_to
from bot.reconcile.paced import paced
from bot.reconcile.permalinks import Permalinks
from bot.reconcile.warrant import FRESH_FOR, SETTLES_WITHIN, Warrant
from bot.slack import direct_message as words
from bot.slack.message import Message
from bot.slack.posting import OutcomeUnknown, RateLimited, Refused, SlackTrouble
from bot.slack.publishing import Publisher
from bot.store import direct_messages, home_facts, incidents, resizes
from bot.store.direct_messages import DirectMessage

log = structlog.get_logger(__name__)

OPENINGS = Budget("conversations.open", 60 / 45, burst=5)  # tier 3
_LATER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is posted, and whether somebody waits for the person."""

    message: Message
    is_urgent: bool


class Couriers:
    """One pass posts what is due. The intent is kept before; what is in doubt is looked for before it is repeated."""

    def __init__(self, bench: Bench, publisher: Publisher, links: Permalinks) -> None:
        """`links` lead to the messages in channels."""
        self._bench = bench
        self._db = bench.db
        self._pace = bench.pace
        self._publisher = publisher
        self._links = links

    async def one_pass(self) -> bool:
        """Whether there was anything."""
        return await leasing_pass(self._bench, direct_messages.due, direct_messages.lease, self._deliver)

    async def _deliver(self, wanted: DirectMessage) -> None:
        told = await self._told(wanted)
        if told is None:
            await self._db.write(direct_messages.drop, wanted, "it is no news any more")
            return
        # Channels go first: half of what may be posted at once is left for them.
        if not told.is_urgent and self._pace.wait_s(ALL_POSTS, ahead=ALL_POSTS.burst // 2):
            await self._again(wanted, _LATER, "Slack is busy", keep_intent=True)
            return
        try:
            await self._post(wanted, told.message)
        except SlackTrouble as trouble:
            await self._put_off(wanted, trouble)

    async def _told(self, wanted: DirectMessage) -> _Told | None:
        """What there is to tell now; None where it is over, or gone."""
        with speaking(await self._bench.tongues.with_person(wanted.user)):
            if wanted.wish is Wish.INCIDENT:
                return await self._of_incident(wanted)
            return await self._of_resize(wanted)

    async def _of_incident(self, wanted: DirectMessage) -> _Told | None:
        incident = await self._db.read(incidents.get, wanted.about)
        if incident is None or incident.phase is Phase.RESOLVED:
            return None
        places = await self._db.read(home_facts.places, [incident], ())
        url = await self._url(places, f"incident {incident.id}")
        return _Told(words.incident(incident, url, wanted.id), is_urgent=False)

    async def _of_resize(self, wanted: DirectMessage) -> _Told | None:
        resize = await self._db.read(resizes.get, wanted.about)
        waits = resize is not None and resize.status.phase is ResizePhase.AWAITING
        is_approval = wanted.wish is Wish.APPROVAL
        if resize is None or waits is not is_approval:
            return None
        places = await self._db.read(home_facts.places, (), [resize])
        url = await self._url(places, f"resize {resize.spec.id}")
        tell = words.approval if is_approval else words.resize
        return _Told(tell(resize, url, wanted.id), is_urgent=is_approval)

    async def _url(self, places: dict[str, tuple[str, str]], name: str) -> str:
        return await self._links.of(*places[name]) if name in places else ""

    async def _post(self, wanted: DirectMessage, message: Message) -> None:
        if wanted.posting_since is not None and (found := await self._found(wanted, message)) is not None:
            await self._db.write(direct_messages.posted, wanted, wanted.channel, found)
            return
        channel = wanted.channel or await self._conversation(wanted.user)
        send = partial(self._send, wanted, channel, message)
        await paced(self._pace, send, posts_to(channel), ALL_POSTS)

    async def _send(self, wanted: DirectMessage, channel: str, message: Message) -> None:
        warrant = await self._intend(wanted, channel)
        if warrant is None:
            return
        place = await self._bench.poster.post_in_time(channel, message, warrant.may_go)
        log.info("direct_message.posted", user=wanted.user, wish=wanted.wish.value, about=wanted.about)
        await self._db.write(direct_messages.posted, wanted, *place)

    async def _conversation(self, user: str) -> str:
        """Where to post: known before, so that the message can be looked for after a crash."""
        try:
            return await paced(self._pace, partial(self._publisher.conversation, user), OPENINGS)
        except Refused as refusal:
            if refusal.error != "missing_scope":
                raise
            return user  # takes messages, but cannot be looked into: what is in doubt there is not repeated

    async def _intend(self, wanted: DirectMessage, channel: str) -> Warrant | None:
        """Commit the intent, and be in time: who hung in between may not be alone with it any more. None: it is not."""
        warrant = Warrant.begin(self._bench.clock)
        kept = await self._db.write(direct_messages.intend, wanted, channel, warrant.since)
        if not warrant.is_fresh():
            raise RateLimited(FRESH_FOR.total_seconds())
        return warrant if kept else None

    async def _found(self, wanted: DirectMessage, message: Message) -> str | None:
        """After an unknown outcome: its ts, if Slack did post it. Raises OutcomeUnknown while that may yet happen."""
        since = wanted.posting_since
        if since is None:
            return None
        if (wait := since + SETTLES_WITHIN - self._bench.clock()) > timedelta(0):
            raise OutcomeUnknown(f"Slack may still be at it for {wait.total_seconds():.0f} s")
        metadata = message.as_arguments()["metadata"]
        return await paced(
            self._pace, partial(self._bench.poster.find_own, wanted.channel, metadata, since), LOOKS
        )

    async def _put_off(self, wanted: DirectMessage, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        log.warning(
            "direct_message.not_posted", user=wanted.user, error=str(trouble), attempts=wanted.attempts
        )
        if isinstance(trouble, Refused):
            await self._db.write(direct_messages.drop, wanted, str(trouble))
            return
        wait = max(SETTLES_WITHIN, backoff.after(wanted.attempts + 1))
        if isinstance(trouble, RateLimited):
            wait = timedelta(seconds=trouble.retry_after_s)
        # An intent that is older than this attempt is a doubt that was not cleared up.
        in_doubt = isinstance(trouble, OutcomeUnknown) or wanted.posting_since is not None
        await self._again(wanted, wait, str(trouble), keep_intent=in_doubt)

    async def _again(self, wanted: DirectMessage, wait: timedelta, why: str, *, keep_intent: bool) -> None:
        due_at = self._bench.clock() + wait
        await self._db.write(direct_messages.retry, wanted, due_at, why, keep_intent=keep_intent)
