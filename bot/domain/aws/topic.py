"""Topics: the SNS topics that we listen to, told apart by their ARNs."""

import re
from dataclasses import dataclass

from bot.domain.aws.partition import Partition, partition_named

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_FIFO = ".fifo"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. The ARN is the whole of its identity; the rest is read from it."""

    arn: str
    partition: Partition
    region: str
    account: str
    name: str

    @property
    def sns_host(self) -> str:
        """The host that serves SNS for this topic."""
        return self.partition.sns_host(self.region)

    @property
    def sns_signing_name(self) -> str:
        """The DNS name in the certificate that signs this topic's messages."""
        return self.partition.sns_signing_name(self.region)


def parse_topic_arn(arn: str) -> Topic:
    """Read `arn:aws:sns:eu-west-1:123456789012:oom-alerts`.

    Raises ValueError with a sentence for the person who wrote the setting.
    """
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sns":
        raise ValueError(f"{arn!r} is not the ARN of an SNS topic (arn:aws:sns:REGION:ACCOUNT:NAME)")
    _, partition_name, _, region, account, name = parts
    partition = partition_named(partition_name)
    if partition is None:
        raise ValueError(f"{arn!r} is in no AWS partition that is known here: {partition_name!r}")
    if not partition.has_region(region):
        raise ValueError(f"{arn!r} names no region of {partition.name}: {region!r}")
    if not _ACCOUNT.fullmatch(account):
        raise ValueError(f"{arn!r} has no account id of 12 digits: {account!r}")
    if name.endswith(_FIFO):
        raise ValueError(
            f"{arn!r} is a FIFO topic: SNS does not deliver those over HTTP, use a standard topic"
        )
    if not _NAME.fullmatch(name):
        raise ValueError(f"{arn!r} has no topic name of letters, digits, - and _: {name!r}")
    return Topic(arn, partition, region, account, name)
