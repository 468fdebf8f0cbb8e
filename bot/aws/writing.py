"""Writing to AWS: the only place that calls an API which changes something there; for bot.reconcile alone."""

from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.domain.aws.topic import parse_topic_arn
from bot.domain.telling.language import mark

# Rejections that are about our credentials of the moment, not about the token.
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


class ConfirmationError(Exception):
    """A subscription could not be confirmed. The text never holds the token; `english` is for a log."""

    def __init__(self, words: str, english: str) -> None:
        """The same twice."""
        super().__init__(words)
        self.english = english


class ConfirmationTrouble(ConfirmationError):
    """Not this time: try again later; tokens are good for two days."""


class ConfirmationRefused(ConfirmationError):
    """Not at all with this token or these permissions: somebody must act."""


class Subscriptions:
    """Our subscriptions to SNS topics."""

    def __init__(self, calls: Calls, *, emulated: bool = False) -> None:
        """With `emulated` a subscription's id need not be an ARN: GoAWS answers a bare UUID."""
        self._calls = calls
        self._emulated = emulated

    async def confirm(self, topic_arn: str, token: str) -> str:
        """Confirm in the topic's own region; the subscription's ARN.

        Only the topic's owner can then unsubscribe us. AWS goes by the token and hardly looks at the topic, so the
        answer must be a subscription of this very topic. Raises ConfirmationTrouble or ConfirmationRefused.
        """
        try:
            answer = await self._calls.ask(
                "sns",
                parse_topic_arn(topic_arn).region,
                "confirm_subscription",
                TopicArn=topic_arn,
                Token=token,
                AuthenticateOnUnsubscribe="true",
            )
        except AwsTrouble as trouble:
            raise _told(trouble, token) from None  # the cause's own text might quote the token
        subscription_arn = str(answer.get("SubscriptionArn", ""))
        if not self._is_of(topic_arn, subscription_arn):
            other = AwsTrouble(
                mark("SNS confirmed {subscription}, which is no subscription of {topic}"),
                subscription=repr(subscription_arn),
                topic=topic_arn,
            )
            raise ConfirmationRefused(str(other), other.english)
        return subscription_arn

    def _is_of(self, topic_arn: str, subscription_arn: str) -> bool:
        if self._emulated and not subscription_arn.startswith("arn:"):
            return bool(subscription_arn)
        return subscription_arn.startswith(f"{topic_arn}:")


def _told(trouble: AwsTrouble, token: str) -> ConfirmationError:
    told = str(trouble).replace(token, "…"), trouble.english.replace(token, "…")
    if isinstance(trouble, Forbidden) or (isinstance(trouble, Rejected) and trouble.code not in _CREDENTIALS):
        return ConfirmationRefused(*told)
    return ConfirmationTrouble(*told)
