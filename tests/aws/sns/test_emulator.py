"""Emulators: believed where a setting names one, refused by accident, and otherwise held to the same rules."""

from datetime import timedelta
from typing import Any

import pytest

from bot.aws.sns.emulator import emulator_refusal
from bot.aws.sns.refusal import Refused
from bot.aws.sns.verifier import Verifier
from tests.aws.sns.sender import (
    CERT_URL,
    NOW,
    TOPIC,
    CertificateHost,
    confirmation,
    make_certificate,
    notification,
    pack,
    rsa_key,
    sign,
)

ORIGIN = "http://localhost:4566"
PEM_URL = f"{ORIGIN}/_aws/sns/SimpleNotificationService-6c6f63616c737461636b69736e696365.pem"
NAMELESS = make_certificate(None, start=NOW - timedelta(days=1), end=NOW - timedelta(days=1, seconds=-5))


def verifier(host: CertificateHost | None = None, origin: str = ORIGIN) -> Verifier:
    return Verifier([TOPIC], fetch=host or CertificateHost(NAMELESS), emulator_origin=origin)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(notification(SigningCertURL=PEM_URL), id="LocalStack"),
        pytest.param(
            confirmation(SigningCertURL=PEM_URL, SubscribeURL="http://localhost:4566/?x"), id="its URLs"
        ),
        pytest.param(
            notification(
                SigningCertURL=f"{ORIGIN}/SimpleNotificationService/22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324.pem",
                Timestamp="2026-11-01T12:00:08Z",
                SignatureVersion="1",
            ),
            id="GoAWS: another address for each message, seconds without fraction",
        ),
        pytest.param(
            notification(SigningCertURL=PEM_URL, Timestamp="2026-11-01T12:00:08.123456789Z"), id="nanoseconds"
        ),
    ],
)
async def test_an_emulators_small_differences_are_borne(fields: dict[str, Any]) -> None:
    body, headers = pack(sign(fields))
    assert (await verifier().verify(body, headers, NOW)).message_id == fields["MessageId"]
    await verifier().verify(body, {}, NOW)  # some send none of AWS's headers


async def test_an_empty_subject_means_that_there_is_none() -> None:
    body, headers = pack(sign(notification(SigningCertURL=PEM_URL, Subject=None)) | {"Subject": ""})
    assert (await verifier().verify(body, headers, NOW)).subject == ""


@pytest.mark.parametrize(
    ("fields", "layer"),
    [
        pytest.param(
            sign(notification(SigningCertURL=CERT_URL)), "cert_url", id="AWS itself is then not believed"
        ),
        pytest.param(
            sign(notification(SigningCertURL="http://localhost:4567/cert.pem")), "cert_url", id="another port"
        ),
        pytest.param(
            sign(notification(SigningCertURL="https://localhost:4566/cert.pem")),
            "cert_url",
            id="another scheme",
        ),
        pytest.param(
            sign(notification(SigningCertURL="http://localhost:4566@evil.example/c.pem")),
            "cert_url",
            id="user name",
        ),
        pytest.param(sign(notification(SigningCertURL=f"{ORIGIN}/../c.pem")), "cert_url", id="dots"),
        pytest.param(sign(notification(SigningCertURL=f"{ORIGIN}/c.pem?x=.pem")), "cert_url", id="a query"),
        pytest.param(sign(notification(SigningCertURL=f"{ORIGIN}/c.pem\n")), "cert_url", id="a newline"),
        pytest.param(
            sign(notification(SigningCertURL=PEM_URL, TopicArn=TOPIC + "2")), "topic", id="a topic not listed"
        ),
        pytest.param(
            sign(notification(SigningCertURL=PEM_URL), rsa_key("evil")),
            "signature",
            id="not the emulator's key",
        ),
        pytest.param(
            notification(SigningCertURL=PEM_URL, Signature="EXAMPLE"), "signature", id="no real signature"
        ),
        pytest.param(
            sign(notification(SigningCertURL=PEM_URL, Timestamp="2026-11-01T08:00:00Z")),
            "freshness",
            id="old",
        ),
    ],
)
async def test_an_emulator_is_held_to_the_rules(fields: dict[str, Any], layer: str) -> None:
    with pytest.raises(Refused) as caught:
        await verifier().verify(*pack(fields), NOW)
    assert caught.value.layer == layer


async def test_another_host_name_of_the_same_emulator_is_explained() -> None:
    url = PEM_URL.replace("localhost", "localhost.localstack.cloud")
    with pytest.raises(Refused) as caught:
        await verifier().verify(*pack(sign(notification(SigningCertURL=url))), NOW)
    assert "http://localhost.localstack.cloud:4566" in caught.value.why
    assert ORIGIN in caught.value.why
    assert "SNS_EMULATOR_ORIGIN" in caught.value.why


async def test_an_emulator_that_restarts_has_a_new_key_at_its_old_address() -> None:
    host = CertificateHost(NAMELESS)
    ours = verifier(host)
    await ours.verify(*pack(sign(notification(SigningCertURL=PEM_URL))), NOW)
    host.body = make_certificate(None, key=rsa_key("restarted"))
    restarted = sign(notification(SigningCertURL=PEM_URL), rsa_key("restarted"))
    await ours.verify(*pack(restarted), NOW)
    assert len(host.fetched) == 2


async def test_without_the_setting_an_emulator_is_refused() -> None:
    host = CertificateHost()
    with pytest.raises(Refused) as caught:
        await Verifier([TOPIC], fetch=host).verify(*pack(sign(notification(SigningCertURL=PEM_URL))), NOW)
    assert caught.value.layer == "cert_url"
    assert host.fetched == []


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8765",
        "http://localhost:4566",
        "http://localhost",
        "https://localhost.localstack.cloud:4566",
        "http://sns.localhost:4566",
        "http://localstack:4566",
        "http://my_goaws:4100",
        "http://192.168.1.7:4100",
        "http://10.0.0.2:4100",
        "http://[::1]:4566",
    ],
)
def test_an_origin_that_cannot_be_on_the_internet(origin: str) -> None:
    assert emulator_refusal(origin) is None


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        pytest.param("https://sns.eu-west-1.amazonaws.com", "private network", id="AWS itself"),
        pytest.param("http://emulator.example.com:4566", "private network", id="a public name"),
        pytest.param("http://localhost.evil.example", "private network", id="a name that begins right"),
        pytest.param("http://evillocalhost.localstack.cloud", "private network", id="a name that ends right"),
        pytest.param("http://8.8.8.8", "private network", id="a public address"),
        pytest.param("http://134744072", "private network", id="a public address as one number"),
        pytest.param("http://0x08080808", "private network", id="a public address as one hexadecimal number"),
        pytest.param("http://0.0.0.0:4566", "private network", id="any address"),
        pytest.param("http://169.254.169.254", "private network", id="the instance's metadata"),
        pytest.param("http://[2001:4860:4860::8888]", "private network", id="a public IPv6 address"),
        pytest.param("http://localhost:4566/", "form", id="a slash at the end"),
        pytest.param("http://localhost:4566/path", "form", id="a path"),
        pytest.param("http://user@localhost", "form", id="a user"),
        pytest.param("http://localhost:99999", "form", id="a port that is none"),
        pytest.param("localhost:4566", "form", id="no scheme"),
        pytest.param("ftp://localhost", "form", id="another scheme"),
        pytest.param("http://LOCALHOST", "form", id="capitals"),
        pytest.param("http://[:::1]", "private network", id="no address at all"),
        pytest.param("true", "form", id="a switch"),
        pytest.param("http://localhost\n", "form", id="a newline"),
    ],
)
def test_an_origin_that_is_refused_by_accident(origin: str, why: str) -> None:
    refusal = emulator_refusal(origin)
    assert refusal is not None
    assert "SNS_EMULATOR_ORIGIN" in refusal
    assert why in refusal
