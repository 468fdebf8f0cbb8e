"""Slack's signature: any of our secrets will do, nobody else's, nothing old, and never an empty one."""

import time
from collections.abc import Callable

import pytest
from slack_sdk.signature import SignatureVerifier

from handlers.slack_signature import Signatures

BODY = "command=%2Foom&text=caf%C3%A9"


def signed(
    secret: str, ago_s: int = 0, body: str = BODY, instead: dict[str, str] | None = None
) -> Callable[[], dict[str, str]]:
    """Headers, signed when they are asked for: the tests may run long after they were collected."""

    def headers() -> dict[str, str]:
        stamp = str(int(time.time()) - ago_s)
        made = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(made)} | (instead or {})

    return headers


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        pytest.param(signed("new"), True, id="with the new secret"),
        pytest.param(signed("old"), True, id="with the old one, while it is in use"),
        pytest.param(signed("older"), False, id="with one that is out of use"),
        pytest.param(signed("new", ago_s=400), False, id="replayed later"),
        pytest.param(signed("old", ago_s=-400), False, id="of the future"),
        pytest.param(signed("new", body="command=%2Foom&text=ack"), False, id="of another body"),
        pytest.param(signed("new", instead={"X-Slack-Signature": ""}), False, id="an empty signature"),
        pytest.param(signed("new", instead={"X-Slack-Signature": "v0=ÿ"}), False, id="not ASCII"),
        pytest.param(signed("new", instead={"X-Slack-Request-Timestamp": "١٢٣"}), False, id="other digits"),
        pytest.param(dict, False, id="none"),
    ],
)
def test_who_signed(headers: Callable[[], dict[str, str]], accepted: bool) -> None:
    assert Signatures(["new", "old"]).are_on(BODY, headers()) is accepted


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_secret_is_none(empty: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Signatures(["new", empty])


def test_without_secrets_nothing_is_signed() -> None:
    assert not Signatures([])
    assert not Signatures([]).are_on(BODY, signed("new")())
