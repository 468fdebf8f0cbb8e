"""Sources: where envelopes may come from, AWS itself or one emulator; never both."""

import re
from typing import Protocol
from urllib.parse import quote

from bot.aws.sns.refusal import Refused
from bot.domain.aws.topic import Topic


class Source(Protocol):
    """What decides whether an address in an envelope is one that this source uses."""

    @property
    def strict(self) -> bool:
        """Whether all forms must be AWS's own; emulators differ in small things."""

    def check_certificate_url(self, url: str, topic: Topic) -> None:
        """Raises Refused unless the source serves its signing certificates there."""

    def check_subscribe_url(self, url: str, topic: Topic, token: str) -> None:
        """Raises Refused for a SubscribeURL that this source would not write."""

    def signing_name(self, topic: Topic) -> str | None:
        """The DNS name that the certificate must carry; None where the certificate's names and dates mean nothing."""


class AwsSource:
    """AWS: every address is built from the allow-listed topic and compared as a whole, never parsed."""

    strict = True

    def check_certificate_url(self, url: str, topic: Topic) -> None:
        """Only `https://sns.<region>.<suffix>/SimpleNotificationService-<32 hex>.pem` of the topic's own region."""
        host = re.escape(topic.sns_host)
        if not re.fullmatch(rf"https://{host}/SimpleNotificationService-[0-9a-f]{{32}}\.pem", url):
            raise Refused("cert_url", "The SigningCertURL is not SNS's own for the topic's region.")

    def check_subscribe_url(self, url: str, topic: Topic, token: str) -> None:
        """The address that AWS writes, with the ARN plain or percent-encoded. We never open it."""
        start = f"https://{topic.sns_host}/?Action=ConfirmSubscription&TopicArn="
        if url not in {f"{start}{arn}&Token={token}" for arn in (topic.arn, quote(topic.arn, safe=""))}:
            raise Refused("subscribe_url", "The SubscribeURL is not SNS's own for this topic and token.")

    def signing_name(self, topic: Topic) -> str | None:
        """The name of the region's signing certificate."""
        return topic.sns_signing_name
