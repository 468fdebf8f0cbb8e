"""Confirmations: a subscription that our topic asked for is confirmed; what cannot be, the operators hear of."""

import pytest
from sqlalchemy import Connection, select

from bot.store import confirmations
from bot.store.schema import confirmations as table
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.subscriptions import Subscription
from tests.reconcile.cloud import Cloud
from tests.store import looks

WRONG = "00" * 100


def kept_tokens(conn: Connection) -> list[str]:
    return list(conn.execute(select(table.c.token)).scalars())


async def subscribe(aws: Cloud) -> Subscription:
    """A subscription that waits for us; its token has come through the door."""
    subscription = aws.world.sns.subscribe(TOPIC_ARN, "http://127.0.0.1:9/sns")
    await hand_in(aws, subscription.token)
    return subscription


async def hand_in(aws: Cloud, token: str) -> None:
    await aws.stage.db.write(confirmations.add, TOPIC_ARN, token, aws.stage.clock())


async def test_confirmed_so_that_only_the_owner_can_unsubscribe(aws: Cloud) -> None:
    subscription = await subscribe(aws)
    await aws.confirm()
    assert subscription.confirmed
    assert subscription.authenticated_unsubscribe
    [(topic_arn, subscription_arn, _)] = await aws.stage.db.read(looks.subscriptions)
    assert (topic_arn, subscription_arn) == (TOPIC_ARN, subscription.arn)
    assert await aws.stage.db.read(kept_tokens) == [""]


async def test_a_token_that_sns_sends_again_is_used_once(aws: Cloud) -> None:
    subscription = await subscribe(aws)
    await aws.confirm()
    await hand_in(aws, subscription.token)
    await aws.confirm(after=3600)
    assert aws.asked("sns:ConfirmSubscription") == 1


@pytest.mark.parametrize("denied", [False, True], ids=["the token is wrong", "the role lacks a permission"])
async def test_a_refusal_is_told_to_the_operators_and_not_repeated(aws: Cloud, denied: bool) -> None:
    if denied:
        aws.world.faults.deny("sns:ConfirmSubscription")
    await hand_in(aws, WRONG)
    await aws.confirm()
    await aws.confirm(after=3600)
    assert aws.asked("sns:ConfirmSubscription") == 1
    assert await aws.stage.db.read(kept_tokens) == [""]
    await aws.stage.passes()
    [alert] = aws.stage.roots()
    assert "could not be confirmed" in alert.text
    assert ("sns:ConfirmSubscription" if denied else "Invalid parameter") in str(alert.attachments)
    assert WRONG not in str(alert)


async def test_throttled_it_is_tried_again_later(aws: Cloud) -> None:
    subscription = await subscribe(aws)
    aws.world.faults.throttle("sns:ConfirmSubscription", times=3)  # boto3 itself tries three times
    await aws.confirm()
    assert not subscription.confirmed
    assert await aws.stage.db.read(kept_tokens) == [subscription.token]
    await aws.confirm(after=2)
    assert subscription.confirmed


async def test_one_refusal_keeps_no_other_topic_waiting(aws: Cloud) -> None:
    await hand_in(aws, WRONG)
    subscription = await subscribe(aws)
    await aws.confirm()
    assert subscription.confirmed
