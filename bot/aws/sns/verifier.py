"""The verifier: which deliveries are really from our topics, checked in order of what each check costs."""

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta

from bot.aws.sns.budget import FetchBudget
from bot.aws.sns.delivery_headers import check_agreement, read_headers, refuse_raw
from bot.aws.sns.emulator import EmulatorSource
from bot.aws.sns.envelope import (
    Envelope,
    EnvelopeType,
    check_subject,
    check_token,
    read_message_id,
    read_timestamp,
    read_type,
)
from bot.aws.sns.fields import read_fields, require_confirmation_fields
from bot.aws.sns.key_ring import Fetch, KeyRing
from bot.aws.sns.refusal import Refused, TooLarge
from bot.aws.sns.signature import check_signature
from bot.aws.sns.source import AwsSource, Source
from bot.domain.aws.topic import Topic, parse_topic_arn

VERSIONS = frozenset({"1", "2"})
MAX_BODY_BYTES = 2 * 1024 * 1024  # SNS's 256 KiB of message may be six times as long in JSON


@dataclass(eq=False)
class Verifier:
    """Believes what one of `topics` (full ARNs) published, recently, signed by its source's certificate; without topics nobody.

    `fetch` answers what a certificate's address serves; it is never called before all cheap checks have passed.
    `max_age` is SNS's longest retry (3600 s) and some. With `emulator_origin` certificates come from there alone
    and AWS itself is no longer believed. `first_fetches` bounds the fetches that strangers can cause.
    Raises ValueError for topics, versions or an origin that make no sense: signed by any AWS account is no trust.
    """

    topics: Collection[str]
    _: KW_ONLY
    fetch: Fetch = field(repr=False)
    versions: frozenset[str] = VERSIONS
    max_age: timedelta = timedelta(seconds=3900)
    max_future: timedelta = timedelta(minutes=5)
    max_body_bytes: int = MAX_BODY_BYTES
    emulator_origin: str | None = None
    first_fetches: FetchBudget = field(default_factory=FetchBudget, repr=False)

    def __post_init__(self) -> None:
        """Read the topics and choose the source, once."""
        if not self.versions or not self.versions <= VERSIONS:
            raise ValueError(f"signature versions are some of 1 and 2, not {sorted(self.versions)}")
        self._topics = {arn: parse_topic_arn(arn) for arn in self.topics}
        self._source: Source = EmulatorSource(self.emulator_origin) if self.emulator_origin else AwsSource()
        # One certificate a region at a time, and the next one while AWS rotates.
        size = max(8, 2 * len({topic.sns_host for topic in self._topics.values()}))
        # GoAWS names a new address for each message: for an emulator there is no budget.
        self._keys = KeyRing(self.fetch, self.first_fetches if self._source.strict else None, size=size)

    async def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """The envelope in the body. `headers` are the request's, in any case; `now` is aware.

        Raises Refused for what can never become right, Unverifiable for what may be right at the next try.
        """
        if len(body) > self.max_body_bytes:
            raise TooLarge(self.max_body_bytes)
        ours = read_headers(headers)
        refuse_raw(ours)
        fields = self._read(body)
        kind = read_type(fields["Type"])
        topic = self._topic(fields["TopicArn"])
        envelope = self._envelope(fields, kind)
        check_agreement(ours, fields, strict=self._source.strict)
        self._check_version(fields["SignatureVersion"])
        self._check_age(envelope.published_at, now)
        self._source.check_certificate_url(fields["SigningCertURL"], topic)
        await self._check_signature(fields, envelope, now)
        if kind is EnvelopeType.SUBSCRIPTION_CONFIRMATION:
            self._source.check_subscribe_url(fields["SubscribeURL"], topic, envelope.token)
        return envelope

    def _read(self, body: bytes) -> dict[str, str]:
        fields = read_fields(body)
        if not self._source.strict and fields.get("Subject") == "":
            del fields["Subject"]  # how GoAWS writes that there is none
        return fields

    def _topic(self, arn: str) -> Topic:
        topic = self._topics.get(arn)
        if topic is None and not self._topics:
            raise Refused(
                "topic", "SNS_TOPIC_ARNS is empty: no topic is believed, events come from SQS alone."
            )
        if topic is None:
            raise Refused("topic", "The TopicArn is none that we listen to.")
        return topic

    def _envelope(self, fields: dict[str, str], kind: EnvelopeType) -> Envelope:
        message_id = read_message_id(fields["MessageId"])
        published_at = read_timestamp(fields["Timestamp"], strict=self._source.strict)
        token = subject = ""
        if kind.is_confirmation:
            require_confirmation_fields(fields)
            token = check_token(fields["Token"])
        elif "Subject" in fields:
            subject = check_subject(fields["Subject"])
        return Envelope(
            type=kind,
            message_id=message_id,
            topic_arn=fields["TopicArn"],
            published_at=published_at,
            message=fields["Message"],
            subject=subject,
            token=token,
        )

    def _check_version(self, version: str) -> None:
        if version not in self.versions:
            raise Refused("version", "The SignatureVersion is none that we accept.")

    def _check_age(self, published_at: datetime, now: datetime) -> None:
        if now - published_at > self.max_age:
            raise Refused("freshness", "The message is too old: SNS gave up repeating it long ago.")
        if published_at - now > self.max_future:
            raise Refused("freshness", "The message is from the future: compare the clocks.")

    async def _check_signature(self, fields: dict[str, str], envelope: Envelope, now: datetime) -> None:
        try:
            await self._check_with_key(fields, envelope, now)
        except Refused:
            # LocalStack makes a new key at each start and serves it at its old address; AWS never does.
            if self._source.strict or not self._keys.forget(fields["SigningCertURL"]):
                raise
            await self._check_with_key(fields, envelope, now)

    async def _check_with_key(self, fields: dict[str, str], envelope: Envelope, now: datetime) -> None:
        url = fields["SigningCertURL"]
        name = self._source.signing_name(self._topics[envelope.topic_arn])
        signing_key = await self._keys.get(url, name, now)
        signing_key.check_valid_at(envelope.published_at)
        check_signature(fields, envelope.type, signing_key.key)
        self._keys.prove(url, signing_key)
