"""Models: read sparingly, they make the same clients."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session, get_session

from bot.aws.checkup.tries import TRIES
from bot.aws.models import ENDPOINTS, SpareFiles, loader, session

_KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}


def _speaks(made: Session, service: str, region: str) -> tuple[Any, ...]:
    client = made.create_client(service, region_name=region, **_KEYS)
    meta, signer = client.meta, client._request_signer
    return meta.endpoint_url, meta.partition, signer.signing_name, signer.region_name, sorted(dir(client))


@pytest.mark.parametrize(
    ("service", "region"),
    [
        pytest.param("iam", "eu-central-1", id="one endpoint for the world"),
        pytest.param("iam", "cn-north-1", id="one endpoint for China"),
        pytest.param("sts", "us-gov-west-1", id="the government's"),
        pytest.param("ecr", "eu-central-1", id="an endpoint of another name"),
        pytest.param("logs", "cn-northwest-1", id="another domain"),
        pytest.param("scheduler", "xx-nowhere-1", id="a region that nobody knows"),
        pytest.param("pricing", "us-east-1", id="in few regions only"),
        pytest.param("secretsmanager", "cn-north-1", id="not one of those that are kept"),
    ],
)
def test_clients_knock_at_the_same_doors(service: str, region: str) -> None:
    assert _speaks(session(), service, region) == _speaks(get_session(), service, region)


@pytest.mark.parametrize("service", sorted({service for service, _, _ in TRIES.values()}))
def test_endpoints_of_what_we_ask_are_kept(service: str) -> None:
    model = loader().load_service_model(service, "service-2")
    assert model["metadata"]["endpointPrefix"] in ENDPOINTS


def test_only_texts_for_people_are_left_out(tmp_path: Path) -> None:
    member = {"shape": "String", "documentation": "<p>What people read</p>"}
    (tmp_path / "service.json").write_text(json.dumps({"members": {"documentation": member}, "max": 2}))
    files = SpareFiles()
    assert files.load_file(str(tmp_path / "service")) == {
        "members": {"documentation": {"shape": "String"}},
        "max": 2,
    }
    assert files.load_file(str(tmp_path / "none")) is None
