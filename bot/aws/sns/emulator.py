"""Emulators: one stand-in for AWS on the own machine or network, believed only where a setting names it."""

import re
from ipaddress import ip_address

from bot.aws.sns.refusal import Refused
from bot.domain.aws.topic import Topic

SETTING = "SNS_EMULATOR_ORIGIN"
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?")
_ORIGIN_IN_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]{1,253}(?=/)")
_SEGMENT = r"/[A-Za-z0-9_][A-Za-z0-9._-]*"
_COMPOSE_SERVICE = re.compile(r"[a-z_][a-z0-9_-]*")  # a letter first: 134744072 and 0x08080808 are addresses


def emulator_refusal(origin: str) -> str | None:
    """Why the origin cannot be an emulator's, as a sentence; None where it can.

    Who may sign for an emulator may speak for every topic, so only what cannot be on the public internet will do:
    a loopback or private address, localhost, or a host name without a dot (a compose service).
    """
    match = _ORIGIN.fullmatch(origin)
    if match is None or not 0 < int(match["port"] or "80") < 65536:
        return f"{SETTING}={origin!r} is not of the form http://HOST:PORT, in lower case and without a path."
    if not _is_private(match["host"]):
        return (
            f"{SETTING}={origin!r} is not on this machine or a private network. Messages from AWS need no such "
            f"setting: remove it."
        )
    return None


def _is_private(host: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        local = host in ("localhost", "localhost.localstack.cloud") or host.endswith(".localhost")
        return local or _COMPOSE_SERVICE.fullmatch(host) is not None
    return address.is_loopback or (
        address.is_private and not (address.is_unspecified or address.is_link_local)
    )


class EmulatorSource:
    """One emulator. Its certificates come from its origin alone; their names and dates mean nothing.

    LocalStack's certificate carries no host name, GoAWS's lives for five seconds from its start: both only hold a key.
    """

    strict = False

    def __init__(self, origin: str) -> None:
        """Raises ValueError for an origin that `emulator_refusal` refuses."""
        if refusal := emulator_refusal(origin):
            raise ValueError(refusal)
        self._origin = origin
        self._url = re.compile(rf"{re.escape(origin)}({_SEGMENT})+\.pem")

    def check_certificate_url(self, url: str, topic: Topic) -> None:  # noqa: ARG002 - one origin for all topics
        """Any plain path that ends in .pem, on the configured origin."""
        if self._url.fullmatch(url):
            return
        found = _ORIGIN_IN_URL.match(url)
        elsewhere = found[0] if found else "no address"
        raise Refused(
            "cert_url",
            f"The SigningCertURL names {elsewhere}, but {SETTING} is {self._origin}: make the two agree.",
        )

    def check_subscribe_url(self, url: str, topic: Topic, token: str) -> None:
        """Emulators write what they like; we never open it."""

    def signing_name(self, topic: Topic) -> str | None:  # noqa: ARG002 - likewise
        """None: nothing to compare with."""
        return None
