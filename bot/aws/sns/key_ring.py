"""The key ring: signing keys by the address of their certificate, each fetched once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.aws.sns.budget import FetchBudget
from bot.aws.sns.certificate import FetchedCertificate, SigningKey, read_certificate
from bot.aws.sns.refusal import Refused, Unverifiable

Fetch = Callable[[str], Awaitable[FetchedCertificate]]
_Outcome = SigningKey | Refused | Unverifiable
_RECENT = 64
_RECENT_FOR = timedelta(seconds=5)


class KeyRing:
    """Keys that proved themselves stay; everything else is forgotten within seconds.

    A key is proven once a message was verified with it: what forgers make us fetch never pushes one out. Failures and
    unproven keys are remembered just long enough that a burst with one address costs one fetch.
    """

    def __init__(self, fetch: Fetch, budget: FetchBudget | None, *, size: int) -> None:
        """Keep up to `size` proven keys. Without a budget every address may be fetched: for an emulator."""
        self._fetch = fetch
        self._budget = budget
        self._size = size
        self._proven: OrderedDict[str, SigningKey] = OrderedDict()
        self._recent: OrderedDict[str, tuple[datetime, _Outcome]] = OrderedDict()
        self._in_flight: dict[str, asyncio.Task[_Outcome]] = {}

    async def get(self, url: str, name: str | None, now: datetime) -> SigningKey:
        """The key at the address, whose certificate carries `name`. Raises Refused or Unverifiable."""
        if url in self._proven:
            self._proven.move_to_end(url)
            return self._proven[url]
        outcome = self._recall(url, now)
        if outcome is None:
            # Shielded: whoever hangs up leaves the fetch to the others who wait for it.
            outcome = await asyncio.shield(self._in_flight.get(url) or self._start(url, name, now))
        if isinstance(outcome, SigningKey):
            return outcome
        raise type(outcome)(*outcome.args)

    def prove(self, url: str, key: SigningKey) -> None:
        """A message was verified with this key: keep it, and let go of the one that was used least lately."""
        self._proven[url] = key
        self._proven.move_to_end(url)
        if len(self._proven) > self._size:
            self._proven.popitem(last=False)

    def forget(self, url: str) -> bool:
        """Forget a proven key; False where there was none."""
        self._recent.pop(url, None)
        return self._proven.pop(url, None) is not None

    def _recall(self, url: str, now: datetime) -> _Outcome | None:
        fetched_at, outcome = self._recent.get(url, (now, None))
        return outcome if abs(now - fetched_at) < _RECENT_FOR else None

    def _start(self, url: str, name: str | None, now: datetime) -> asyncio.Task[_Outcome]:
        if self._budget is not None and not self._budget.take(now):
            raise Unverifiable("Too many unknown signing certificates were asked for; try again later.")
        task = asyncio.create_task(self._load(url, name, now))
        self._in_flight[url] = task
        task.add_done_callback(lambda _: self._in_flight.pop(url))
        return task

    async def _load(self, url: str, name: str | None, now: datetime) -> _Outcome:
        try:
            outcome: _Outcome = read_certificate(await self._fetch(url), name)
        except (Refused, Unverifiable) as error:
            outcome = error
        except OSError:
            outcome = Unverifiable("The certificate's host cannot be reached.")
        self._recent[url] = (now, outcome)
        self._recent.move_to_end(url)
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return outcome
