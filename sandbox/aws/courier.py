"""The courier: carries one SNS message to one HTTP endpoint, with SNS's patience and no more."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any

import aiohttp
from yarl import URL

from sandbox.clock import Clock
from sandbox.wire import WireLog

DEADLINE_S = 15.0


class Fate(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # 3xx and 4xx: SNS does not try again
    FAILED = "failed"  # 5xx, no answer in time, no connection: SNS tries again


@dataclass(frozen=True)
class Letter:
    """One message on its way: where to, and what exactly is sent."""

    kind: str
    title: str
    endpoint: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    forged: bool = False


class Courier:
    """Makes attempts and puts each into the wire log."""

    def __init__(self, clock: Clock, wire: WireLog) -> None:
        self._clock = clock
        self._wire = wire
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connections' pool."""
        self._session = aiohttp.ClientSession(auto_decompress=False)

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    async def attempt(self, letter: Letter) -> Fate:
        """POST the letter once; never raises for what the endpoint does."""
        began = perf_counter()
        try:
            status, answer = await self._within_deadline(letter)
        except TimeoutError:
            status, answer = 0, f"no answer within {DEADLINE_S:.0f} s"
        except (aiohttp.ClientError, OSError) as error:
            status, answer = 0, f"no connection: {error}"
        fate = _fate(status)
        self._record(letter, fate, status, answer, (perf_counter() - began) * 1000)
        return fate

    async def _within_deadline(self, letter: Letter) -> tuple[int, str]:
        """The endpoint's answer; TimeoutError after 15 s of the sandbox's clock."""
        post = asyncio.ensure_future(self._post(letter))
        deadline = asyncio.ensure_future(self._clock.sleep(DEADLINE_S))
        try:
            await asyncio.wait({post, deadline}, return_when=asyncio.FIRST_COMPLETED)
            if post.done():
                return post.result()
            raise TimeoutError
        finally:
            for waiting in (post, deadline):
                waiting.cancel()
            await asyncio.gather(post, deadline, return_exceptions=True)

    async def _post(self, letter: Letter) -> tuple[int, str]:
        """POST without credentials first; with those of the URL when the endpoint asks for Basic."""
        url = URL(letter.endpoint)
        bare = url.with_user(None)
        status, answer, challenge = await self._send(bare, letter, {})
        if status == 401 and url.user and challenge.lower().startswith("basic"):
            login = {"Authorization": aiohttp.encode_basic_auth(url.user, url.password or "")}
            status, answer, _ = await self._send(bare, letter, login)
        return status, answer

    async def _send(self, url: URL, letter: Letter, login: dict[str, str]) -> tuple[int, str, str]:
        if self._session is None:
            raise RuntimeError("The courier has not been started.")
        async with self._session.post(
            url, data=letter.body, headers=letter.headers | login, allow_redirects=False
        ) as response:
            answer = (await response.content.read(2000)).decode(errors="replace")
            return response.status, answer, response.headers.get("WWW-Authenticate", "")

    def _record(self, letter: Letter, fate: Fate, status: int, answer: str, ms: float) -> None:
        note = {Fate.DELIVERED: "", Fate.REFUSED: "SNS does not retry this", Fate.FAILED: "SNS will retry"}
        aside = " (a forgery on demand: to refuse it is right)" if letter.forged else ""
        shown: dict[str, Any] = {"url": letter.endpoint.rpartition("@")[2], "headers": letter.headers}
        self._wire.add(
            direction="out",
            kind=f"sns {letter.kind}",
            title=letter.title,
            status=status,
            ms=ms,
            level="ok" if fate is Fate.DELIVERED else "error",
            note=f"{note[fate]}: {answer}{aside}" if note[fate] else "",
            request=shown | {"body": letter.body.decode(errors="replace")},
            response={"body": answer},
        )


def _fate(status: int) -> Fate:
    if 200 <= status < 300:
        return Fate.DELIVERED
    return Fate.REFUSED if 300 <= status < 500 else Fate.FAILED
