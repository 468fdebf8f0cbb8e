"""Slack's signature: whether a request over HTTP was signed by Slack, with a secret that it shares with us alone.

https://docs.slack.dev/authentication/verifying-requests-from-slack/
"""

import re
from collections.abc import Mapping, Sequence

from slack_sdk.signature import SignatureVerifier

_TIMESTAMP = re.compile(r"[0-9]{1,15}", re.ASCII)


class Signatures:
    """Those that are accepted: made with any of the secrets, within five minutes of now."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Two while a secret is being replaced; none where Slack does not come this way. Raises ValueError for ""."""
        self._verifiers = [SignatureVerifier(secret) for secret in secrets]

    def __bool__(self) -> bool:
        return bool(self._verifiers)

    def can_be(self, headers: Mapping[str, str]) -> bool:
        """Whether there is a signature of the right form at all: the body need not be read where there is none."""
        is_stamped = _TIMESTAMP.fullmatch(headers.get("X-Slack-Request-Timestamp", "")) is not None
        return is_stamped and headers.get("X-Slack-Signature", "").isascii()

    def are_on(self, body: str, headers: Mapping[str, str]) -> bool:
        """Whether one of them is on this body. Every secret is tried in any case: the time it takes tells nothing."""
        if not self.can_be(headers):
            return False
        stamp, signature = headers["X-Slack-Request-Timestamp"], headers.get("X-Slack-Signature", "")
        found = [one.is_valid(body, stamp, signature) for one in self._verifiers]
        return any(found)
