"""Pricing: Fargate's rates from AWS's price list, kept for a day; a built-in table stands in for it."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import structlog

from bot.aws.calls import Calls
from bot.aws.evidence.kept import Kept
from bot.aws.trouble import AwsTrouble
from bot.domain.aws.price import Prices, Rate, fallback

log = structlog.get_logger(__name__)

_ENDPOINT_REGION = "us-east-1"  # the price list of all regions; it is served in three of them only
_KEPT_S = 86_400.0
_LIMIT_S = 3.0
_REST = timedelta(hours=1)  # after trouble
_MOST = 100
_USAGE = re.compile(r"(?:[A-Z0-9]+-)?Fargate-(?P<arm>ARM-)?(?P<what>vCPU-Hours:perCPU|GB-Hours)", re.ASCII)

_Found = dict[tuple[bool, str], float]


class PriceList:
    """Prices by region. They are public, so our own keys ask for them."""

    def __init__(self, calls: Calls, *, clock: Callable[[], datetime]) -> None:
        """Nothing is known yet."""
        self._calls = calls
        self._clock = clock
        self._kept: Kept[Prices] = Kept(_KEPT_S)
        self._rests_until: datetime | None = None

    async def of(self, region: str) -> Prices:
        """The region's rates; the built-in ones where AWS does not tell in time. Never raises."""
        if self._rests_until is not None and self._clock() < self._rests_until:
            return fallback(region)
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await self._kept.get(region, lambda: self._ask(region))
        except (AwsTrouble, TimeoutError) as trouble:
            self._rests_until = self._clock() + _REST
            why = trouble.english if isinstance(trouble, AwsTrouble) else "no answer"
            log.info("prices.unknown", region=region, error=why)
            return fallback(region)

    async def _ask(self, region: str) -> Prices:
        wanted = {"regionCode": region, "productFamily": "Compute"}
        answer = await self._calls.ask(
            "pricing",
            _ENDPOINT_REGION,
            "get_products",
            ServiceCode="AmazonECS",
            Filters=[{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()],
            FormatVersion="aws_v1",
            MaxResults=_MOST,
        )
        prices = read(region, answer.get("PriceList", ()), self._clock().date())
        return fallback(region) if prices.x86 is None and prices.arm is None else prices


def read(region: str, products: Iterable[str], today: date) -> Prices:
    """The rates in a price list's products, each a JSON text; what is not understood is left out."""
    found: _Found = {}
    for product in products:
        found.update(_rates(product))
    return Prices(region=region, as_of=today, x86=_rate(found, is_arm=False), arm=_rate(found, is_arm=True))


def _rates(text: str) -> Iterator[tuple[tuple[bool, str], float]]:
    try:
        product = msgspec.json.decode(text)
        usage = _USAGE.fullmatch(product["product"]["attributes"]["usagetype"])
        usd = _usd(product["terms"]["OnDemand"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return
    if usage and usd:
        yield (bool(usage["arm"]), usage["what"]), usd


def _usd(terms: Mapping[str, Any]) -> float:
    """The dearest step of all terms: Fargate has one of each."""
    prices = [
        step["pricePerUnit"]["USD"] for term in terms.values() for step in term["priceDimensions"].values()
    ]
    return max((float(price) for price in prices), default=0.0)


def _rate(found: _Found, *, is_arm: bool) -> Rate | None:
    vcpu, memory = found.get((is_arm, "vCPU-Hours:perCPU")), found.get((is_arm, "GB-Hours"))
    return None if vcpu is None or memory is None else Rate(vcpu, memory)
