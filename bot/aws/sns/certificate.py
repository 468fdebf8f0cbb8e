"""Certificates: the one thing that an answer from SNS's certificate address may be."""

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.aws.sns.refusal import Refused, Unverifiable

MAX_BYTES = 20_000
_MIN_KEY_BITS = 2048
# One block and nothing else: PEM readers skip what surrounds it, and the SNS API echoes text of an attacker's.
_ONE_PEM = re.compile(
    rb"\s*-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=]+\r?\n)+-----END CERTIFICATE-----\s*"
)
_TRANSIENT = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class FetchedCertificate:
    """What the certificate's address answered: HTTP status, and the body up to just over MAX_BYTES."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public key of a certificate, and when it may sign (None: always, an emulator's)."""

    key: RSAPublicKey
    not_before: datetime | None = None
    not_after: datetime | None = None

    def check_valid_at(self, published_at: datetime) -> None:
        """Refuse a message from outside the certificate's lifetime: its own time counts, not ours."""
        early = self.not_before is not None and published_at < self.not_before
        late = self.not_after is not None and published_at > self.not_after
        if early or late:
            raise Refused("cert", "The signing certificate was not valid when the message was published.")


def read_certificate(fetched: FetchedCertificate, name: str | None) -> SigningKey:
    """The key in the answer: exactly one PEM certificate, RSA of 2048 bits or more, with `name` among its DNS names.

    With `name` None neither names nor dates count. Raises Refused, or Unverifiable where the host had a bad moment.
    """
    _check_answer(fetched)
    try:
        certificate = x509.load_pem_x509_certificate(fetched.body)
        key = certificate.public_key()
        names = set() if name is None else _dns_names(certificate)
    except (ValueError, TypeError, UnsupportedAlgorithm, *_MALFORMED):
        raise Refused("cert", "The signing certificate cannot be read.") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        raise Refused("cert", "The signing certificate holds no RSA key of 2048 bits or more.")
    if name is None:
        return SigningKey(key)
    if name not in names:
        raise Refused("cert", "The signing certificate is not the one of SNS in the topic's region.")
    return SigningKey(key, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


_MALFORMED = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def _check_answer(fetched: FetchedCertificate) -> None:
    if fetched.status >= 500 or fetched.status in _TRANSIENT:
        raise Unverifiable(f"The certificate's host answered {fetched.status}.")
    if fetched.status != 200:
        raise Refused("cert", f"There is no signing certificate at the SigningCertURL ({fetched.status}).")
    if len(fetched.body) > MAX_BYTES or not _ONE_PEM.fullmatch(fetched.body):
        raise Refused("cert", "What is at the SigningCertURL is not exactly one certificate.")


def _dns_names(certificate: x509.Certificate) -> set[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return set()
    return {name.lower() for name in extension.value.get_values_for_type(x509.DNSName)}
