"""SNS's API: what boto3's SNS client and a visited SubscribeURL may ask."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.arns import ACCOUNT, arn
from sandbox.aws.errors import AwsError
from sandbox.aws.sns import Sns, Topic
from sandbox.aws.subscriptions import Subscription, retry_policy

Parameters = dict[str, Any]
_SUBJECT_LENGTH = 100
_MESSAGE_BYTES = 262_144


class SnsApi:
    """SNS's operations over the topics of the sandbox."""

    def __init__(self, sns: Sns) -> None:
        self._sns = sns

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function."""
        return {
            "CreateTopic": self._create_topic,
            "ListTopics": lambda _: {"Topics": [{"TopicArn": one} for one in self._sns.topics]},
            "GetTopicAttributes": self._topic_attributes,
            "SetTopicAttributes": self._set_topic_attribute,
            "Subscribe": self._subscribe,
            "ConfirmSubscription": self._confirm,
            "ConfirmSubscription unsigned": self._confirm_unsigned,
            "Unsubscribe": self._unsubscribe,
            "Unsubscribe unsigned": self._unsubscribe_unsigned,
            "ListSubscriptions": lambda _: {"Subscriptions": [_listed(s) for s in self._sns.subscriptions()]},
            "ListSubscriptionsByTopic": self._list_by_topic,
            "GetSubscriptionAttributes": self._subscription_attributes,
            "SetSubscriptionAttributes": self._set_subscription_attribute,
            "Publish": self._publish,
        }

    def _topic(self, topic_arn: str) -> Topic:
        if topic_arn not in self._sns.topics:
            raise AwsError("NotFound", "Topic does not exist", 404)
        return self._sns.topics[topic_arn]

    def _subscription(self, subscription_arn: str) -> Subscription:
        for subscription in self._sns.subscriptions():
            if subscription.arn == subscription_arn:
                return subscription
        raise AwsError("NotFound", "Subscription does not exist", 404)

    def _create_topic(self, asked: Parameters) -> Parameters:
        topic_arn = arn("sns", asked["Name"])
        self._sns.topics.setdefault(topic_arn, Topic(topic_arn, attributes=asked.get("Attributes", {})))
        return {"TopicArn": topic_arn}

    def _topic_attributes(self, asked: Parameters) -> Parameters:
        topic = self._topic(asked["TopicArn"])
        counted = {
            "TopicArn": topic.arn,
            "Owner": ACCOUNT,
            "SignatureVersion": topic.signature_version,
            "SubscriptionsConfirmed": str(sum(s.confirmed for s in topic.subscriptions.values())),
            "SubscriptionsPending": str(sum(not s.confirmed for s in topic.subscriptions.values())),
        }
        return {"Attributes": topic.attributes | counted}

    def _set_topic_attribute(self, asked: Parameters) -> None:
        topic, name, value = (
            self._topic(asked["TopicArn"]),
            asked["AttributeName"],
            asked.get("AttributeValue", ""),
        )
        if name == "SignatureVersion":
            if value not in ("1", "2"):
                raise AwsError("InvalidParameter", "Invalid parameter: SignatureVersion")
            topic.signature_version = value
        topic.attributes[name] = value

    def _subscribe(self, asked: Parameters) -> Parameters:
        self._topic(asked["TopicArn"])
        protocol, endpoint = asked["Protocol"], asked.get("Endpoint", "")
        is_url = protocol in ("http", "https") and endpoint.startswith(f"{protocol}://")
        if not is_url and not (protocol == "sqs" and endpoint.startswith(arn("sqs", ""))):
            raise AwsError(
                "InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol"
            )
        subscription = self._sns.subscribe(asked["TopicArn"], endpoint)
        for name, value in asked.get("Attributes", {}).items():
            _set_attribute(subscription, name, value)
        shown = subscription.arn if asked.get("ReturnSubscriptionArn") else "pending confirmation"
        return {"SubscriptionArn": shown}

    def _confirm(self, asked: Parameters) -> Parameters:
        if not asked["TopicArn"].startswith(arn("sns", "")):
            raise AwsError("InvalidParameter", "Invalid parameter: TopicArn")
        authenticated = str(asked.get("AuthenticateOnUnsubscribe", "")).lower() == "true"
        subscription = self._sns.confirm(asked["Token"], authenticated=authenticated)
        if subscription is None:
            raise AwsError("InvalidParameter", "Invalid parameter: Token")
        return {"SubscriptionArn": subscription.arn}

    def _unsubscribe(self, asked: Parameters) -> None:
        self._sns.unsubscribe(self._subscription(asked["SubscriptionArn"]), by_owner=True)

    def _confirm_unsigned(self, asked: Parameters) -> Parameters:
        """A visited SubscribeURL: anybody may unsubscribe later, whatever the query says."""
        return self._confirm(asked | {"AuthenticateOnUnsubscribe": "false"})

    def _unsubscribe_unsigned(self, asked: Parameters) -> None:
        """A visited UnsubscribeURL: refused when confirmed with AuthenticateOnUnsubscribe."""
        subscription = self._subscription(asked["SubscriptionArn"])
        if subscription.authenticated_unsubscribe:
            raise AwsError("AuthorizationError", "Not authorized to unsubscribe", 403)
        self._sns.unsubscribe(subscription, by_owner=False)

    def _list_by_topic(self, asked: Parameters) -> Parameters:
        return {"Subscriptions": [_listed(s) for s in self._topic(asked["TopicArn"]).subscriptions.values()]}

    def _subscription_attributes(self, asked: Parameters) -> Parameters:
        subscription = self._subscription(asked["SubscriptionArn"])
        shown = {
            "SubscriptionArn": subscription.arn,
            "TopicArn": subscription.topic_arn,
            "Endpoint": subscription.endpoint,
            "PendingConfirmation": str(not subscription.confirmed).lower(),
            "ConfirmationWasAuthenticated": str(subscription.authenticated_unsubscribe).lower(),
        }
        return {"Attributes": subscription.attributes | shown}

    def _set_subscription_attribute(self, asked: Parameters) -> None:
        subscription = self._subscription(asked["SubscriptionArn"])
        _set_attribute(subscription, asked["AttributeName"], asked.get("AttributeValue", ""))

    def _publish(self, asked: Parameters) -> Parameters:
        topic, subject = self._topic(asked.get("TopicArn", "")), asked.get("Subject")
        if len(asked["Message"].encode()) > _MESSAGE_BYTES:
            raise AwsError("InvalidParameter", "Invalid parameter: Message too long")
        if subject is not None and not (0 < len(subject) < _SUBJECT_LENGTH and subject.isprintable()):
            raise AwsError("InvalidParameter", "Invalid parameter: Subject")
        return {"MessageId": self._sns.publish(topic.arn, asked["Message"], subject)}


def _listed(subscription: Subscription) -> Parameters:
    return {
        "SubscriptionArn": subscription.arn if subscription.confirmed else "PendingConfirmation",
        "Owner": ACCOUNT,
        "Protocol": "sqs" if subscription.is_queue else subscription.endpoint.partition(":")[0],
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }


def _set_attribute(subscription: Subscription, name: str, value: str) -> None:
    try:
        if name == "DeliveryPolicy":
            subscription.policy = retry_policy(value)
    except ValueError as error:
        raise AwsError("InvalidParameter", str(error)) from error
    subscription.attributes[name] = value
