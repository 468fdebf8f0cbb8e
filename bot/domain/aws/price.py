"""Prices: what a Fargate size costs a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.domain.aws.fargate import Size
from bot.domain.telling.language import say

HOURS_A_MONTH = 730


@dataclass(frozen=True, slots=True)
class Rate:
    """On-demand USD per hour: of one vCPU and of one GB (GiB, as Fargate counts) of memory."""

    vcpu_hour: float
    gb_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Fargate's rates in one region on one day; None where unknown. Windows has none: licences are not in them."""

    region: str
    as_of: date
    x86: Rate | None
    arm: Rate | None
    is_fallback: bool = False

    def rate(self, *, is_arm: bool = False, is_windows: bool = False) -> Rate | None:
        """The rate of that architecture; None where it is not known."""
        if is_windows:
            return None
        return self.arm if is_arm else self.x86

    @property
    def note(self) -> str:
        """Whence the prices are, in words."""
        if self.is_fallback:
            return say(
                "built-in on-demand prices of {month:%Y-%m} for {region}, roughly: AWS was not asked",
                month=self.as_of,
                region=self.region,
            )
        return say("AWS on-demand prices for {region}, {day:%Y-%m-%d}", region=self.region, day=self.as_of)


_AS_OF = date(2026, 3, 1)  # us-east-1, as published; the regions' factors are rough and from memory
_X86, _ARM = Rate(0.04048, 0.004445), Rate(0.03238, 0.00356)
_FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "us-east-1": 1.0,
        "us-east-2": 1.0,
        "us-west-2": 1.0,
        "eu-west-1": 1.0,
        "ap-south-1": 1.05,
        "ca-central-1": 1.1,
        "eu-north-1": 1.1,
        "ap-northeast-2": 1.15,
        "eu-central-1": 1.15,
        "eu-west-2": 1.15,
        "us-west-1": 1.15,
        "ap-southeast-2": 1.2,
        "eu-south-1": 1.2,
        "eu-west-3": 1.2,
        "ap-northeast-1": 1.25,
        "ap-southeast-1": 1.25,
        "sa-east-1": 1.72,
    }
)


def fallback(region: str) -> Prices:
    """The built-in rates, marked as such; none for a region that the table does not know."""
    factor = _FACTORS.get(region)
    if factor is None:
        return Prices(region=region, as_of=_AS_OF, x86=None, arm=None, is_fallback=True)
    x86, arm = (Rate(rate.vcpu_hour * factor, rate.gb_hour * factor) for rate in (_X86, _ARM))
    return Prices(region=region, as_of=_AS_OF, x86=x86, arm=arm, is_fallback=True)


def monthly(
    size: Size, prices: Prices, count: int, *, is_arm: bool = False, is_windows: bool = False
) -> float | None:
    """USD for `count` tasks of that size that run all month; None where the rate is not known."""
    rate = prices.rate(is_arm=is_arm, is_windows=is_windows)
    if rate is None:
        return None
    hourly = size.cpu / 1024 * rate.vcpu_hour + size.memory_mib / 1024 * rate.gb_hour
    return hourly * HOURS_A_MONTH * max(count, 0)
