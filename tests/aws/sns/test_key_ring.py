"""The key ring: each certificate is fetched once, and what forgers ask for leaves no trace."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.aws.sns.budget import FetchBudget
from bot.aws.sns.certificate import FetchedCertificate
from bot.aws.sns.refusal import Refused, Unverifiable
from bot.aws.sns.verifier import Verifier
from tests.aws.sns.sender import (
    NOW,
    TOPIC,
    CertificateHost,
    make_certificate,
    notification,
    pack,
    rsa_key,
    sign,
)


def address(number: int) -> str:
    return f"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-{number:032x}.pem"


def genuine(number: int = 0) -> tuple[bytes, dict[str, str]]:
    return pack(sign(notification(SigningCertURL=address(number))))


def forged(number: int = 0) -> tuple[bytes, dict[str, str]]:
    return pack(sign(notification(SigningCertURL=address(number)), rsa_key("evil")))


@dataclass
class SlowHost:
    """A certificate host that answers when told to."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    fetches: int = 0

    async def __call__(self, url: str) -> FetchedCertificate:
        self.fetches += 1
        await self.go.wait()
        return FetchedCertificate(200, make_certificate())


async def test_many_deliveries_at_once_cost_one_fetch() -> None:
    host = SlowHost()
    verifier = Verifier([TOPIC], fetch=host)
    waiting = [asyncio.create_task(verifier.verify(*genuine(), NOW)) for _ in range(50)]
    await asyncio.sleep(0)
    host.go.set()
    assert len(await asyncio.gather(*waiting)) == 50
    assert host.fetches == 1


async def test_who_hangs_up_leaves_the_fetch_to_the_others() -> None:
    host = SlowHost()
    verifier = Verifier([TOPIC], fetch=host)
    first, second = (asyncio.create_task(verifier.verify(*genuine(), NOW)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    host.go.set()
    assert (await second).topic_arn == TOPIC
    assert first.cancelled()
    assert host.fetches == 1


async def test_a_proven_key_is_kept_for_good() -> None:
    host = CertificateHost()
    verifier = Verifier([TOPIC], fetch=host, max_age=timedelta(days=9))
    for day in range(5):
        await verifier.verify(*genuine(), NOW + timedelta(days=day))
    assert len(host.fetched) == 1


async def test_a_forgers_fetches_push_no_proven_key_out() -> None:
    host = CertificateHost()
    verifier = Verifier([TOPIC], fetch=host, first_fetches=FetchBudget(burst=1000))
    await verifier.verify(*genuine(), NOW)
    for number in range(1, 200):
        with pytest.raises(Refused, match="does not fit"):
            await verifier.verify(*forged(number), NOW)
    await verifier.verify(*genuine(), NOW + timedelta(minutes=1))
    assert host.fetched.count(address(0)) == 1


async def test_proven_keys_are_bounded_and_the_one_used_least_lately_goes() -> None:
    host = CertificateHost()
    verifier = Verifier([TOPIC], fetch=host, first_fetches=FetchBudget(burst=1000), max_age=timedelta(days=9))
    for number in range(8):
        await verifier.verify(*genuine(number), NOW)
    later = NOW + timedelta(minutes=1)  # what is merely recent is forgotten by then
    await verifier.verify(*genuine(0), later)
    await verifier.verify(*genuine(8), later)
    await verifier.verify(*genuine(0), later)
    await verifier.verify(*genuine(1), later)
    assert host.fetched.count(address(0)) == 1
    assert host.fetched.count(address(1)) == 2


async def test_topics_in_many_regions_all_keep_their_keys() -> None:
    host = CertificateHost()
    regions = [f"us-{side}-{number}" for side in ("east", "west") for number in (1, 2)]
    regions += [f"eu-west-{number}" for number in (1, 2, 3)] + [
        f"ap-northeast-{number}" for number in (1, 2, 3)
    ]
    topics = {region: TOPIC.replace("eu-west-1", region) for region in regions}
    verifier = Verifier(topics.values(), fetch=host, max_age=timedelta(days=9))
    for minutes in (0, 1, 2):
        for region, topic in topics.items():
            url = address(0).replace("eu-west-1", region)
            delivery = pack(sign(notification(TopicArn=topic, SigningCertURL=url)))
            await verifier.verify(*delivery, NOW + timedelta(minutes=minutes))
    assert len(host.fetched) == len(regions)


async def test_a_failure_is_remembered_for_seconds_only() -> None:
    host = CertificateHost(status=503)
    verifier = Verifier([TOPIC], fetch=host)
    for _ in range(3):
        with pytest.raises(Unverifiable):
            await verifier.verify(*genuine(), NOW)
    assert len(host.fetched) == 1
    host.status = 200
    await verifier.verify(*genuine(), NOW + timedelta(seconds=5))


async def test_an_unproven_key_is_remembered_for_seconds_only() -> None:
    host = CertificateHost()
    verifier = Verifier([TOPIC], fetch=host)
    for seconds in (0, 1, 2, 30):
        with pytest.raises(Refused, match="does not fit"):
            await verifier.verify(*forged(), NOW + timedelta(seconds=seconds))
    assert len(host.fetched) == 2


async def test_strangers_cannot_make_us_fetch_without_end() -> None:
    host = CertificateHost(status=404)
    verifier = Verifier([TOPIC], fetch=host, first_fetches=FetchBudget(burst=3, refill_s=10))
    outcomes = []
    for number in range(5):
        with pytest.raises((Refused, Unverifiable)) as caught:
            await verifier.verify(*forged(number), NOW)
        outcomes.append(caught.type)
    assert outcomes == [Refused, Refused, Refused, Unverifiable, Unverifiable]
    host.status = 200
    with pytest.raises(Unverifiable, match="Too many"):
        await verifier.verify(*genuine(9), NOW + timedelta(seconds=9))
    await verifier.verify(*genuine(9), NOW + timedelta(seconds=10))


async def test_an_empty_budget_does_not_touch_a_proven_key() -> None:
    verifier = Verifier([TOPIC], fetch=CertificateHost(), first_fetches=FetchBudget(burst=1, refill_s=1000))
    await verifier.verify(*genuine(), NOW)
    with pytest.raises(Unverifiable):
        await verifier.verify(*forged(1), NOW)
    await verifier.verify(*genuine(), NOW)


async def test_a_host_out_of_reach_is_no_verdict() -> None:
    async def unreachable(url: str) -> FetchedCertificate:
        raise ConnectionRefusedError(url)

    with pytest.raises(Unverifiable, match="cannot be reached"):
        await Verifier([TOPIC], fetch=unreachable).verify(*genuine(), NOW)


def test_the_budget_refills_up_to_its_burst_and_ignores_a_clock_that_goes_back() -> None:
    budget = FetchBudget(burst=2, refill_s=10)
    taken = [budget.take(NOW + timedelta(seconds=seconds)) for seconds in (0, 0, 0, -60, 0, 1000, 1000, 1000)]
    assert taken == [True, True, False, False, True, True, True, False]


@pytest.mark.parametrize(("burst", "refill_s"), [(0, 1.0), (1, 0.0)])
def test_a_budget_must_allow_something(burst: int, refill_s: float) -> None:
    with pytest.raises(ValueError, match="budget"):
        FetchBudget(burst, refill_s)
