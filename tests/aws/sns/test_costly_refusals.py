"""What is refused after a certificate was fetched: the certificate, the signature, the SubscribeURL."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bot.aws.sns.envelope import EnvelopeType
from bot.aws.sns.refusal import Refused, Unverifiable
from tests.aws.sns.judging import refusal, verifier
from tests.aws.sns.sender import (
    NOW,
    OTHER_TOPIC,
    TOKEN,
    TOPIC,
    CertificateHost,
    canonical,
    confirmation,
    make_certificate,
    notification,
    pack,
    rsa_key,
    sign,
    signature,
    stamp,
)

PEM = make_certificate()


def between(start: timedelta, end: timedelta) -> bytes:
    return make_certificate(start=NOW + start, end=NOW + end)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param(CertificateHost(status=404), id="404 with a certificate in it"),
        pytest.param(CertificateHost(status=204), id="204 with a certificate in it"),
        pytest.param(CertificateHost(status=302), id="a redirect is not followed"),
        pytest.param(CertificateHost(b""), id="nothing"),
        pytest.param(CertificateHost(b"<html>"), id="a page"),
        pytest.param(CertificateHost(b"<xml>" + PEM + b"</xml>"), id="a certificate within other text"),
        pytest.param(CertificateHost(PEM + PEM), id="two certificates"),
        pytest.param(CertificateHost(PEM + b"x"), id="text after it"),
        pytest.param(CertificateHost(PEM + b"\n" * 20_000), id="too long"),
        pytest.param(CertificateHost(PEM.decode().encode("utf-16")), id="UTF-16"),
        pytest.param(
            CertificateHost(PEM.replace(b"MII", b"AAA", 1)), id="a certificate that cannot be parsed"
        ),
        pytest.param(CertificateHost(make_certificate("s3.amazonaws.com")), id="another service's"),
        pytest.param(CertificateHost(make_certificate("sns.amazonaws.com.evil.example")), id="a look-alike"),
        pytest.param(CertificateHost(make_certificate(None)), id="the name only where nobody looks (CN)"),
        pytest.param(CertificateHost(make_certificate(key=rsa_key("short", 1024))), id="1024 bits"),
        pytest.param(
            CertificateHost(make_certificate(key=ec.generate_private_key(ec.SECP256R1()))),
            id="not an RSA key",
        ),
        pytest.param(
            CertificateHost(between(timedelta(days=-9), timedelta(days=-1))),
            id="expired when it was published",
        ),
        pytest.param(CertificateHost(between(timedelta(days=1), timedelta(days=9))), id="not valid yet"),
    ],
)
async def test_only_the_certificate_of_sns(host: CertificateHost) -> None:
    assert await refusal(*pack(sign(notification())), host) == "cert"


async def test_a_certificate_that_expired_meanwhile_still_proves_an_older_message() -> None:
    host = CertificateHost(between(timedelta(days=-9), timedelta(minutes=-30)))
    ours = verifier(host)
    older = sign(notification(Timestamp=stamp(NOW - timedelta(minutes=40))))
    await ours.verify(*pack(older), NOW)
    with pytest.raises(Refused, match="not valid when"):  # also when the key is at hand
        await ours.verify(*pack(sign(notification())), NOW)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
async def test_a_bad_moment_of_the_certificates_host_is_no_verdict(status: int) -> None:
    with pytest.raises(Unverifiable, match=str(status)):
        await verifier(CertificateHost(status=status)).verify(*pack(sign(notification())), NOW)


TAMPERED = {
    "Message": "rm -rf",
    "MessageId": "00000000-fdea-4c2c-8f9d-bdfb0c7bf324",
    "Subject": "another",
    "Timestamp": stamp(NOW),
}
TEXT = canonical(notification())


def other_text_same_bytes(text: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = text[:-3] + alphabet[alphabet.index(text[-3]) + 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(text)
    return other


@pytest.mark.parametrize(
    "fields",
    [
        *(
            pytest.param(sign(notification()) | {name: value}, id=f"{name} changed after signing")
            for name, value in TAMPERED.items()
        ),
        pytest.param(
            sign(notification(TopicArn=OTHER_TOPIC)) | {"TopicArn": TOPIC}, id="an attacker's own, relabelled"
        ),
        pytest.param(sign(notification(Subject=None)) | {"Subject": "new"}, id="a subject added"),
        pytest.param(
            {k: v for k, v in sign(notification()).items() if k != "Subject"},
            id="the subject removed after signing",
        ),
        pytest.param(sign(notification()) | {"SignatureVersion": "1"}, id="version 2 called version 1"),
        pytest.param(sign(notification(), rsa_key("evil")), id="another key"),
        pytest.param(
            notification(Signature=signature(TEXT.replace("\n", "\r\n"))), id="other line ends signed"
        ),
        pytest.param(notification(Signature="not base64!"), id="not base64"),
        pytest.param(notification(Signature="A" * 70_000), id="a signature without end"),
        pytest.param(notification(Signature="/" * 342 + "=="), id="larger than the modulus"),
        pytest.param(notification(Signature=signature(TEXT) + "=="), id="too much padding"),
        pytest.param(
            notification(Signature=signature(TEXT)[:40] + "\n" + signature(TEXT)[40:]), id="line breaks"
        ),
        pytest.param(
            notification(Signature=signature(TEXT)[:-3] + "x=="),
            id="unused bits set: another text, same bytes",
        ),
        pytest.param(
            confirmation(Signature=signature(canonical(confirmation() | {"Type": "Notification"}))),
            id="a confirmation signed like a notification",
        ),
        pytest.param(sign(confirmation()) | {"Token": "another"}, id="the token changed"),
    ],
)
async def test_exactly_what_was_signed(fields: dict[str, Any]) -> None:
    assert await refusal(*pack(fields)) == "signature"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            notification(Message="x", Subject="s\nTimestamp\n" + stamp(NOW)),
            id="a newer time within the subject",
        ),
        pytest.param(
            notification(TopicArn=TOPIC + "\nType\nNotification", Subject=None),
            id="our topic at the start of TopicArn",
        ),
        pytest.param(
            notification(Message="hello\nMessageId\n" + "0" * 8, Subject=None, MessageId="x\ny"),
            id="a new MessageId",
        ),
    ],
)
async def test_one_signature_has_one_reading(fields: dict[str, Any]) -> None:
    assert await refusal(*pack(sign(fields))) in {"structure", "topic"}


GENUINE = str(confirmation()["SubscribeURL"])


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://169.254.169.254/latest/meta-data/", id="the instance's metadata"),
        pytest.param(GENUINE.replace("amazonaws.com", "amazonaws.com.evil.example"), id="another host"),
        pytest.param(GENUINE.replace(TOPIC, OTHER_TOPIC), id="another topic"),
        pytest.param(GENUINE.replace(TOKEN, "another"), id="another token"),
        pytest.param(GENUINE + "&AuthenticateOnUnsubscribe=true", id="one parameter more"),
        pytest.param(GENUINE.replace("amazonaws.com/", "amazonaws.com:8443/"), id="a port"),
    ],
)
async def test_an_odd_subscribe_url_is_refused_though_never_opened(url: str) -> None:
    assert await refusal(*pack(sign(confirmation(SubscribeURL=url)))) == "subscribe_url"


async def test_an_odd_subscribe_url_does_not_hide_that_we_were_unsubscribed() -> None:
    fields = sign(confirmation("UnsubscribeConfirmation", SubscribeURL="https://new.form.example/"))
    assert (await verifier().verify(*pack(fields), NOW)).type is EnvelopeType.UNSUBSCRIBE_CONFIRMATION
