"""The shared table of SNS deliveries with the right answers; where the folder is missing it adds no rows."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.aws.sns.certificate import MAX_BYTES, FetchedCertificate
from bot.aws.sns.refusal import Refused, Unverifiable
from bot.aws.sns.verifier import Verifier

_VECTORS = Path(__file__).parents[4] / "shared" / "sns_vectors.json"
# A certificate host that has a bad moment makes us say 503, so that SNS tries again: refused, but not for ever.
_FOR_NOW_ONLY = {"cert_status_500"}


def _cases() -> list[Any]:
    cases = json.loads(_VECTORS.read_text(encoding="utf-8")) if _VECTORS.exists() else []
    return [pytest.param(case, id=case["name"]) for case in cases]


def _bytes(of: dict[str, Any], key: str = "body") -> bytes:
    if f"{key}_b64" in of:
        return base64.b64decode(of[f"{key}_b64"])
    if repeat := of.get(f"{key}_repeat"):
        return str(repeat["prefix"] + repeat["unit"] * repeat["count"] + repeat["suffix"]).encode()
    return str(of[key]).encode()


@dataclass
class RecordedHost:
    """Answers what the case says that its address answers, as the real fetcher would hand it on."""

    case: dict[str, Any]
    fetches: int = 0

    async def __call__(self, url: str) -> FetchedCertificate:
        self.fetches += 1
        assert url == self.case["cert_url"]
        if answer := self.case.get("cert_response"):
            return FetchedCertificate(answer["status"], _bytes(answer)[: MAX_BYTES + 1])
        return FetchedCertificate(200, self.case["cert_pem"].encode())


@pytest.mark.parametrize("case", _cases())
async def test_the_shared_answer_is_ours(case: dict[str, Any]) -> None:
    config = case["config"]
    host = RecordedHost(case)
    verifier = Verifier(
        config["topic_arns"],
        fetch=host,
        versions=frozenset(config["signature_versions"]),
        max_age=timedelta(seconds=config["max_age_s"]),
        max_future=timedelta(seconds=config["max_future_s"]),
        max_body_bytes=config["max_body_bytes"],
    )
    try:
        await verifier.verify(_bytes(case), case["headers"], datetime.fromisoformat(case["now"]))
        answer, layer = "accept", None
    except Refused as refusal:
        answer, layer = "reject", refusal.layer
    except Unverifiable:
        assert case["name"] in _FOR_NOW_ONLY
        answer, layer = "reject", case["layer"]
    assert (answer, layer) == (case["expected"], case["layer"])
    assert host.fetches == 0 or not case.get("must_not_fetch")
