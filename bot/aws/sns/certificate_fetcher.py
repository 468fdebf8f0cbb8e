"""The certificate fetcher: one GET, without detours."""

import aiohttp
from yarl import URL

from bot.aws.sns.certificate import MAX_BYTES, FetchedCertificate
from bot.aws.sns.refusal import Unverifiable

_TIMEOUT = aiohttp.ClientTimeout(total=5)  # of SNS's patience of 15 seconds
_HEADERS = {"Accept-Encoding": "identity"}


class CertificateFetcher:
    """Fetches over the shared session: redirects off, TLS verified, 5 s in total, no more read than needed."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """The session stays its owner's."""
        self._session = session

    async def __call__(self, url: str) -> FetchedCertificate:
        """What the very address answers. Raises Unverifiable where it cannot be reached."""
        try:
            async with self._session.get(
                URL(url, encoded=True), allow_redirects=False, timeout=_TIMEOUT, headers=_HEADERS, ssl=True
            ) as response:
                body = await _read_start(response.content) if response.status == 200 else b""
                return FetchedCertificate(response.status, body)
        except (aiohttp.ClientError, OSError) as error:
            raise Unverifiable(
                f"The certificate's host cannot be reached ({type(error).__name__})."
            ) from error


async def _read_start(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) <= MAX_BYTES and (chunk := await content.read(MAX_BYTES + 1)):
        body += chunk
    return bytes(body)
