"""Confirmations: confirm the SNS subscriptions that a verified, allow-listed topic asked for."""

import structlog

from bot.aws.writing import ConfirmationRefused, ConfirmationTrouble, Subscriptions
from bot.domain.calendar import backoff
from bot.domain.telling.language import say
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.store import confirmations, operator_alerts
from bot.store.confirmations import Confirmation

log = structlog.get_logger(__name__)


class Confirmations:
    """One pass confirms what is due."""

    def __init__(self, bench: Bench, subscriptions: Subscriptions) -> None:
        """`subscriptions` is the hand that reaches into AWS."""
        self._bench = bench
        self._db = bench.db
        self._subscriptions = subscriptions

    async def one_pass(self) -> bool:
        """Confirm what is due; whether there was anything."""
        return await leasing_pass(self._bench, confirmations.due, confirmations.lease, self._confirm)

    async def _confirm(self, confirmation: Confirmation) -> None:
        topic = confirmation.topic_arn
        now = self._bench.clock()
        try:
            arn = await self._subscriptions.confirm(topic, confirmation.token)
        except ConfirmationRefused as error:
            log.warning("confirmation.refused", topic_arn=topic, error=error.english)
            await self._db.write(confirmations.give_up, confirmation, str(error))
            await self._db.write(
                operator_alerts.raise_alert, f"confirmation:{topic}", *_refused(topic, error), now
            )
        except ConfirmationTrouble as error:
            log.warning(
                "confirmation.put_off", topic_arn=topic, error=error.english, attempts=confirmation.attempts
            )
            due_at = now + backoff.after(confirmation.attempts + 1)
            await self._db.write(confirmations.retry, confirmation, due_at, str(error))
        else:
            log.info("confirmation.done", topic_arn=topic, subscription_arn=arn)
            await self._db.write(confirmations.done, confirmation, arn, now)


def _refused(topic: str, error: Exception) -> tuple[str, str]:
    """The operators' alert: one line, and what to do."""
    detail = say(
        "AWS said: {error}. No events of this topic arrive. Check that the role may call sns:ConfirmSubscription, then request a new confirmation in the SNS console.",
        error=error,
    )
    return say("The subscription to SNS topic {topic} could not be confirmed", topic=topic), detail
