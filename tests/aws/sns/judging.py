"""Judging: a verifier for tests, and which layer refuses a delivery."""

from typing import Any

import pytest

from bot.aws.sns.refusal import Refused
from bot.aws.sns.verifier import Verifier
from tests.aws.sns.sender import NOW, TOPIC, CertificateHost


def verifier(host: CertificateHost | None = None, **settings: Any) -> Verifier:
    return Verifier(settings.pop("topics", [TOPIC]), fetch=host or CertificateHost(), **settings)


async def refusal(
    body: bytes, headers: dict[str, str], host: CertificateHost | None = None, **settings: Any
) -> str:
    with pytest.raises(Refused) as caught:
        await verifier(host, **settings).verify(body, headers, NOW)
    return caught.value.layer
