"""Partitions: our table against botocore's endpoint data, so that a region we never heard of is noticed."""

import botocore.session
import pytest

from bot.domain.aws.partition import partition_named

LOADER = botocore.session.get_session().get_component("data_loader")
PARTITIONS = {partition["id"]: partition for partition in LOADER.load_data("partitions")["partitions"]}
REGIONS = [
    pytest.param(name, region, id=region)
    for name, partition in PARTITIONS.items()
    for region in partition["regions"]
    if not region.endswith("-global")
]


@pytest.mark.parametrize(("name", "region"), REGIONS)
def test_botocore_knows_the_region_by_the_same_host(name: str, region: str) -> None:
    ours = partition_named(name)
    assert ours is not None
    assert ours.has_region(region)
    assert ours.sns_host(region) == f"sns.{region}.{PARTITIONS[name]['outputs']['dnsSuffix']}"
    assert ours.sns_signing_name(region).endswith(ours.dns_suffix)


@pytest.mark.parametrize(("name", "region"), REGIONS)
def test_a_region_belongs_to_one_partition(name: str, region: str) -> None:
    others = [partition_named(other) for other in PARTITIONS if other != name]
    assert not any(other.has_region(region) for other in others if other is not None)


@pytest.mark.parametrize(
    ("region", "name"),
    [
        pytest.param("ap-northeast-3", "sns.amazonaws.com", id="an old region shares the certificate"),
        pytest.param("eu-south-2", "sns-signing.eu-south-2.amazonaws.com", id="an opt-in region has its own"),
        pytest.param("xy-north-1", "sns-signing.xy-north-1.amazonaws.com", id="so will the next one"),
    ],
)
def test_the_signing_name_tells_opt_in_regions_apart(region: str, name: str) -> None:
    partition = partition_named("aws")
    assert partition is not None
    assert partition.sns_signing_name(region) == name


@pytest.mark.parametrize(
    "region", ["s3", "s3-us-west-2", "us-east-1\n", "us-east-1.evil", "", "us_east-1", "cn-north-1"]
)
def test_what_is_no_region_of_aws(region: str) -> None:
    partition = partition_named("aws")
    assert partition is not None
    assert not partition.has_region(region)


def test_no_partition_of_that_name() -> None:
    assert partition_named("awz") is None
