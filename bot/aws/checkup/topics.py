"""Topics of a checkup: whether SNS may be published to and delivers to us."""

import json
from collections.abc import Mapping
from typing import Any

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls
from bot.aws.checkup.letters import dead_letters
from bot.aws.checkup.place import in_trouble, shell
from bot.domain.aws.publishing import lets_in
from bot.domain.aws.topic import Topic
from bot.domain.checkup.checkup import Area, Check, broken, ok, warning
from bot.domain.telling.language import say

_MOST_PAGES = 10
_OUR_PATH = "/sns"
_KEY_OF_AWS = "alias/aws/sns"  # its policy cannot be changed, and does not let EventBridge in
Attributes = Mapping[str, str]


async def topic(
    calls: Calls, place: Place, it: Topic, confirmed: frozenset[str], queues: frozenset[str]
) -> list[Check]:
    """Lines on this topic. `confirmed` are subscriptions that we confirmed, `queues` names of those that we poll.

    Never raises.
    """
    what = say("Topic {name}", name=it.name)
    try:
        told: Attributes = (
            await calls.ask(
                "sns", place.region, "get_topic_attributes", account=place.account, TopicArn=it.arn
            )
        ).get("Attributes", {})
        mine = await _ours(calls, place, it, confirmed, queues)
        lines = [_signature(what, it, place, told), _policy(it, told)]
        for one in mine:
            lines += await _subscription(calls, place, it, one)
    except AwsTrouble as trouble:
        return [in_trouble(Area.EVENTS, what, trouble)]
    return lines if mine else [*lines, _none(it, place)]


async def _ours(
    calls: Calls, place: Place, it: Topic, confirmed: frozenset[str], queues: frozenset[str]
) -> list[Mapping[str, str]]:
    """Subscriptions that lead to us: those that we confirmed, else what looks like our door or is a queue of ours."""
    found: list[Mapping[str, str]] = []
    token = ""
    for _ in range(_MOST_PAGES):
        more = {"NextToken": token} if token else {}
        answer = await calls.ask(
            "sns", place.region, "list_subscriptions_by_topic", account=place.account, TopicArn=it.arn, **more
        )
        found += answer.get("Subscriptions", ())
        token = str(answer.get("NextToken") or "")
        if not token:
            break
    known = [one for one in found if one.get("SubscriptionArn") in confirmed]
    alike = [one for one in found if _looks_ours(str(one.get("Endpoint", "")), queues)]
    return known + [one for one in alike if one not in known]


def _looks_ours(endpoint: str, queues: frozenset[str]) -> bool:
    return endpoint.rstrip("/").endswith(_OUR_PATH) or endpoint.rpartition(":")[2] in queues


def _signature(what: str, it: Topic, place: Place, told: Attributes) -> Check:
    version = told.get("SignatureVersion", "1")
    if version == "2":
        return ok(Area.EVENTS, what, say("signs with version 2 (SHA-256)"))
    fix = say("Let the topic sign with SHA-256.")
    command = shell(
        place,
        "sns set-topic-attributes",
        f"--topic-arn {it.arn}",
        "--attribute-name SignatureVersion --attribute-value 2",
    )
    return warning(Area.EVENTS, what, say("signs with version 1 (SHA-1)"), fix, command)


def _policy(it: Topic, told: Attributes) -> Check:
    what = say("Policy of topic {name}", name=it.name)
    if told.get("KmsMasterKeyId", "").endswith(_KEY_OF_AWS):
        fix = say(
            "Encrypt the topic with a key of your own whose policy lets events.amazonaws.com use kms:Decrypt and kms:GenerateDataKey*, or not at all."
        )
        found = say("encrypted with a key of AWS's that EventBridge may not use: no event comes")
        return broken(Area.EVENTS, what, found, fix)
    if lets_in(told.get("Policy", ""), "events.amazonaws.com", "sns:Publish"):
        return ok(Area.EVENTS, what, say("EventBridge may publish"))
    fix = say(
        "Let the service events.amazonaws.com do sns:Publish in the topic's policy, as deploy/cloudformation/monitoring.yaml does."
    )
    return broken(Area.EVENTS, what, say("EventBridge may not publish: no event comes"), fix)


def _none(it: Topic, place: Place) -> Check:
    what = say("Subscription to {name}", name=it.name)
    fix = say("Subscribe the bot's address; it confirms by itself.")
    command = shell(
        place,
        "sns subscribe",
        f"--topic-arn {it.arn}",
        "--protocol https --notification-endpoint https://YOUR-HOST/sns",
    )
    return broken(Area.EVENTS, what, say("none leads here: no event comes"), fix, command)


async def _subscription(calls: Calls, place: Place, it: Topic, one: Mapping[str, str]) -> list[Check]:
    endpoint = _without_credentials(str(one.get("Endpoint", "")))
    what = say("Subscription {endpoint}", endpoint=endpoint)
    arn = str(one.get("SubscriptionArn", ""))
    if not arn.startswith("arn:"):
        fix = say(
            "SNS must reach the bot at that address, and the bot must be let confirm (sns:ConfirmSubscription, deploy/iam/bot.json). Then ask for it again with the same command that subscribed it."
        )
        command = shell(
            place,
            "sns subscribe",
            f"--topic-arn {it.arn}",
            f"--protocol {one.get('Protocol', 'https')} --notification-endpoint {endpoint}",
        )
        return [broken(Area.EVENTS, what, say("not confirmed yet: nothing is delivered"), fix, command)]
    told: dict[str, Any] = dict(
        (
            await calls.ask(
                "sns", place.region, "get_subscription_attributes", account=place.account, SubscriptionArn=arn
            )
        ).get("Attributes", {})
    )
    return [_delivery(what, arn, place, told), *await _redrive(calls, place, it.name, told)]


def _delivery(what: str, arn: str, place: Place, told: Attributes) -> Check:
    set_to = ("sns set-subscription-attributes", f"--subscription-arn {arn}")
    if told.get("RawMessageDelivery", "false").lower() == "true" and ":sqs:" not in told.get("Endpoint", ""):
        fix = say(
            "Switch raw delivery off: it carries no signature (or allow it with SNS_ALLOW_RAW and SNS_BASIC_AUTH)."
        )
        command = shell(place, *set_to, "--attribute-name RawMessageDelivery --attribute-value false")
        return warning(Area.EVENTS, what, say("raw delivery: not signed"), fix, command)
    if told.get("FilterPolicy", "{}") not in ("", "{}"):
        fix = say("Take the filter away: the rules choose already, and what it drops nobody sees.")
        command = shell(place, *set_to, "--attribute-name FilterPolicy --attribute-value '{}'")
        return warning(
            Area.EVENTS, what, say("has a filter policy: some events may never come"), fix, command
        )
    return ok(Area.EVENTS, what, say("confirmed"))


async def _redrive(calls: Calls, place: Place, name: str, told: Attributes) -> list[Check]:
    arn = dead_letter_arn(told.get("RedrivePolicy", ""))
    if arn:
        return [await dead_letters(calls, place, arn)]
    if ":sqs:" in told.get("Endpoint", ""):
        return []
    fix = say("Give the subscription a dead-letter queue, as deploy/cloudformation/monitoring.yaml does.")
    return [
        warning(
            Area.EVENTS,
            say("Dead letters of the subscription to {name}", name=name),
            say("no queue: what cannot be delivered is lost"),
            fix,
        )
    ]


def dead_letter_arn(policy: str) -> str:
    """The queue that a redrive policy names; "" for none."""
    try:
        named = json.loads(policy or "{}")
    except ValueError:
        return ""
    arn = str(named.get("deadLetterTargetArn", "")) if isinstance(named, dict) else ""
    return arn if arn.count(":") == 5 else ""


def _without_credentials(endpoint: str) -> str:
    scheme, at, rest = endpoint.partition("://")
    return f"{scheme}{at}{rest.rpartition('@')[2]}"[:200]
