"""A sender: signs and packs envelopes as SNS does, with keys and certificates made at test time."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from bot.aws.sns.certificate import FetchedCertificate

NOW = datetime(2026, 11, 1, 12, 0, 10, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oom-alerts"
OTHER_TOPIC = "arn:aws:sns:eu-west-1:666666666666:evil"
FILE = "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CERT_URL = f"https://sns.eu-west-1.amazonaws.com/{FILE}"
TOKEN = "2336412f37fb687f5d51e6e2425929f52e8e353134fe72d5"
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


@cache
def rsa_key(name: str = "aws", bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key a name, made once a test run."""
    return rsa.generate_private_key(65537, bits)


def make_certificate(
    name: str | None = "sns.amazonaws.com",
    *,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    start: datetime = NOW - timedelta(days=30),
    end: datetime = NOW + timedelta(days=30),
) -> bytes:
    """A self-signed certificate as PEM; without a name it has no subject alternative name at all."""
    key = key or rsa_key()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name or "sns.amazonaws.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(end)
    )
    if name is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass
class CertificateHost:
    """Answers like the certificates' host, and counts."""

    body: bytes = field(default_factory=make_certificate)
    status: int = 200
    fetched: list[str] = field(default_factory=list)

    async def __call__(self, url: str) -> FetchedCertificate:
        self.fetched.append(url)
        return FetchedCertificate(self.status, self.body)


def stamp(at: datetime) -> str:
    """A time as SNS writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def notification(**changes: Any) -> dict[str, Any]:
    """The fields of a Notification, unsigned; a change to None leaves the field out."""
    return _fields("Notification", {"Subject": "ECS", "Message": '{"detail": "killed"}'} | changes)


def confirmation(kind: str = "SubscriptionConfirmation", **changes: Any) -> dict[str, Any]:
    """The fields of a confirmation of either kind, unsigned."""
    topic, token = changes.get("TopicArn", TOPIC), changes.get("Token", TOKEN)
    host = changes.pop("host", "sns.eu-west-1.amazonaws.com")
    url = f"https://{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}"
    return _fields(kind, {"Message": "You have chosen …", "Token": TOKEN, "SubscribeURL": url} | changes)


def _fields(kind: str, changes: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Timestamp": stamp(NOW - timedelta(seconds=2)),
        "SignatureVersion": "2",
        "SigningCertURL": CERT_URL,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def canonical(fields: dict[str, Any]) -> str:
    """What SNS signs, written here once more so that the bot's own rendering is checked against it."""
    names = _NOTIFICATION if fields.get("Type") == "Notification" else _CONFIRMATION
    return "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)


def signature(text: str, version: str = "2", key: rsa.RSAPrivateKey | None = None) -> str:
    """The text's signature as base64."""
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    return base64.b64encode((key or rsa_key()).sign(text.encode(), PKCS1v15(), digest)).decode()


def sign(fields: dict[str, Any], key: rsa.RSAPrivateKey | None = None) -> dict[str, Any]:
    """The fields with a valid signature."""
    return fields | {"Signature": signature(canonical(fields), str(fields.get("SignatureVersion")), key)}


def pack(fields: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the POST."""
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": str(fields.get("Type")),
        "x-amz-sns-message-id": str(fields.get("MessageId")),
        "x-amz-sns-topic-arn": str(fields.get("TopicArn")),
    }
    return json.dumps(fields, indent=2, ensure_ascii=False).encode(), headers
