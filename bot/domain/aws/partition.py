"""Partitions: AWS's separate worlds, each with its own host names and signing certificates."""

import re
from dataclasses import dataclass

# The regions that every account has. All that came after 2019 must be opted into, and each of those signs
# SNS messages under a name of its own (aws-sdk-java-v2, SnsHostProvider); so will the next one.
_DEFAULT_REGIONS = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition, as the second field of an ARN names it. `{region}` in the template stands for the region."""

    name: str
    dns_suffix: str
    region_pattern: str
    signing_template: str

    def has_region(self, region: str) -> bool:
        """Whether the text has the shape of this partition's region names."""
        return re.fullmatch(self.region_pattern, region) is not None

    def sns_host(self, region: str) -> str:
        """The host that serves SNS, and its signing certificates, in the region (botocore's endpoint rules)."""
        return f"sns.{region}.{self.dns_suffix}"

    def sns_signing_name(self, region: str) -> str:
        """The DNS name in the certificate that signs SNS messages of the region; not the host that serves it."""
        if self.name == "aws" and region in _DEFAULT_REGIONS:
            return "sns.amazonaws.com"
        return self.signing_template.format(region=region)


_PARTITIONS = {
    partition.name: partition
    for partition in (
        Partition(
            name="aws",
            dns_suffix="amazonaws.com",
            region_pattern=r"(?!cn-)[a-z]{2}-[a-z]+-[0-9]{1,2}",
            signing_template="sns-signing.{region}.amazonaws.com",
        ),
        Partition(
            name="aws-cn",
            dns_suffix="amazonaws.com.cn",
            region_pattern=r"cn-[a-z]+-[0-9]{1,2}",
            signing_template="sns-{region}.amazonaws.com.cn",
        ),
        Partition(
            name="aws-us-gov",
            dns_suffix="amazonaws.com",
            region_pattern=r"us-gov-[a-z]+-[0-9]{1,2}",
            signing_template="sns-us-gov-west-1.amazonaws.com",
        ),
        Partition(
            name="aws-eusc",
            dns_suffix="amazonaws.eu",
            region_pattern=r"eusc-[a-z]{2}-[a-z]+-[0-9]{1,2}",
            signing_template="sns-signing.{region}.amazonaws.eu",
        ),
        Partition(
            name="aws-iso",
            dns_suffix="c2s.ic.gov",
            region_pattern=r"us-iso-[a-z]+-[0-9]{1,2}",
            signing_template="sns-us-iso-east-1.c2s.ic.gov",
        ),
        Partition(
            name="aws-iso-b",
            dns_suffix="sc2s.sgov.gov",
            region_pattern=r"us-isob-[a-z]+-[0-9]{1,2}",
            signing_template="sns-us-isob-east-1.sc2s.sgov.gov",
        ),
        Partition(
            name="aws-iso-e",
            dns_suffix="cloud.adc-e.uk",
            region_pattern=r"eu-isoe-[a-z]+-[0-9]{1,2}",
            signing_template="sns-signing.{region}.cloud.adc-e.uk",
        ),
        Partition(
            name="aws-iso-f",
            dns_suffix="csp.hci.ic.gov",
            region_pattern=r"us-isof-[a-z]+-[0-9]{1,2}",
            signing_template="sns-signing.{region}.csp.hci.ic.gov",
        ),
    )
}


def partition_named(name: str) -> Partition | None:
    """The partition that an ARN calls by this name; None for a name that AWS does not have."""
    return _PARTITIONS.get(name)


def partition_of_region(region: str) -> Partition | None:
    """The partition that has regions of such names; None for a name that no partition gives."""
    return next((partition for partition in _PARTITIONS.values() if partition.has_region(region)), None)
