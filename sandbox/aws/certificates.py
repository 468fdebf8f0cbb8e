"""Certificates: the key that SNS signs with, and its certificate as AWS serves it (the leaf alone)."""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

_DIGESTS = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 version 1 of SNS's signature is SHA1


def new_key() -> rsa.RSAPrivateKey:
    """A key of the size of SNS's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def key_of_this_process() -> rsa.RSAPrivateKey:
    """The same for every world of a process: it takes a fifth of a second to make one."""
    return new_key()


class Signer:
    """An RSA key with a certificate for `name`, issued by an authority made for the occasion."""

    def __init__(self, now: datetime, key: rsa.RSAPrivateKey, name: str = "sns.amazonaws.com") -> None:
        """Certify the key; the certificate holds from a day before `now` for a year."""
        self._key = key
        certificate = _issue(self._key.public_key(), name, now)
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self.path = f"/SimpleNotificationService-{hashlib.sha256(self.pem).hexdigest()[:32]}.pem"

    def sign(self, canonical: bytes, version: str) -> str:
        """The signature in base64; `version` is "1" (SHA1) or "2" (SHA256)."""
        signature = self._key.sign(canonical, padding.PKCS1v15(), _DIGESTS[version])
        return base64.b64encode(signature).decode()


def _issue(key: rsa.RSAPublicKey, name: str, now: datetime) -> x509.Certificate:
    """A leaf for `key`, signed by an authority that is forgotten at once: nobody builds a chain to it."""
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OOM Guard sandbox authority")])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(authority, hashes.SHA256())
    )
