"""Whatever arrives, the verifier answers with an envelope, a refusal or a doubt, never with anything else."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.aws.sns.envelope import Envelope
from bot.aws.sns.refusal import Refused, Unverifiable
from bot.aws.sns.verifier import Verifier
from tests.aws.sns.sender import (
    NOW,
    TOPIC,
    CertificateHost,
    confirmation,
    make_certificate,
    notification,
    pack,
    sign,
)

SIGNED = [sign(notification()), sign(confirmation()), sign(confirmation("UnsubscribeConfirmation"))]
PEM = make_certificate()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = sorted({name for fields in SIGNED for name in fields})


def answer(body: bytes, headers: dict[str, str], pem: bytes = PEM) -> Envelope | Refused | Unverifiable:
    verifier = Verifier([TOPIC], fetch=CertificateHost(pem))
    try:
        return asyncio.run(verifier.verify(body, headers, NOW))
    except (Refused, Unverifiable) as refusal:
        return refusal


@given(body=st.binary())
def test_any_bytes(body: bytes) -> None:
    assert isinstance(answer(body, {}), Refused)


@given(fields=st.sampled_from(SIGNED), changes=st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1))
def test_any_field_changed(fields: dict[str, Any], changes: dict[str, Any]) -> None:
    body, headers = pack(fields | changes)
    outcome = answer(body, headers)
    signed = {name for name in fields if name != "SigningCertURL"}
    touched = any(fields.get(name) != value for name, value in changes.items() if name in signed)
    assert isinstance(outcome, Refused) or not touched


@given(fields=st.sampled_from(SIGNED), data=st.data())
def test_any_byte_changed(fields: dict[str, Any], data: st.DataObject) -> None:
    body, headers = pack(fields)
    at = data.draw(st.integers(0, len(body) - 1))
    broken = body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]
    outcome = answer(broken, headers)
    if isinstance(outcome, Envelope):  # white space between tokens, say
        said = {name: value for name, value in json.loads(broken).items() if name in fields}
        assert said["Message"] == fields["Message"] == outcome.message
        assert outcome.token == fields.get("Token", "")


@given(headers=st.dictionaries(st.sampled_from(sorted(pack(SIGNED[0])[1])) | st.text(), st.text()))
def test_any_headers(headers: dict[str, str]) -> None:
    body, own = pack(SIGNED[0])
    outcome = answer(body, own | headers)
    assert isinstance(outcome, Envelope | Refused)


@given(data=st.data())
def test_any_certificate(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PEM) - 1))
    broken = PEM[:at] + data.draw(st.binary(max_size=3)) + PEM[at + 1 :]
    assert isinstance(answer(*pack(SIGNED[0]), broken), Envelope | Refused)
