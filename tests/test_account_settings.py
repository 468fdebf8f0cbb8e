"""Account settings: what is written into the environment, and the role by which an account is then read."""

import pytest
from pydantic import ValidationError

from bot.account_settings import AccountSettings
from bot.aws.accounts import Accounts, Place, Role

PROD, STAGING = "123456789012", "210987654321"
PATTERN = "arn:aws:iam::{account}:role/oom-guard-read"


def accounts(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Accounts:
    """The accounts of an installation with this environment."""
    for name in AccountSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return AccountSettings(_env_ignore_empty=True).as_accounts()  # type: ignore[call-arg]  # as in Settings


def test_both_forms_name_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = accounts(
        monkeypatch,
        ACCOUNT_NAMES=f'{{"{PROD}": "prod", "{STAGING}": "short"}}',
        ACCOUNTS=f'{{"{STAGING}": {{"name": "staging"}}}}',
    )
    assert [found.name(one) for one in (PROD, STAGING, "333333333333")] == ["prod", "staging", "333333333333"]


@pytest.mark.parametrize(
    ("environment", "region", "role"),
    [
        pytest.param({}, "eu-west-1", None, id="nothing configured"),
        pytest.param(
            {"AWS_ROLE_ARN_PATTERN": PATTERN, "AWS_EXTERNAL_ID": "s3cret"},
            "eu-west-1",
            Role(f"arn:aws:iam::{STAGING}:role/oom-guard-read", "s3cret"),
            id="the pattern, with everybody's external id",
        ),
        pytest.param(
            {"AWS_ROLE_ARN_PATTERN": PATTERN.replace("aws", "{partition}", 1)},
            "cn-north-1",
            Role(f"arn:aws-cn:iam::{STAGING}:role/oom-guard-read"),
            id="the partition of the region",
        ),
        pytest.param(
            {
                "AWS_ROLE_ARN_PATTERN": PATTERN,
                "AWS_EXTERNAL_ID": "s3cret",
                "ACCOUNTS": f'{{"{STAGING}": {{"role_arn": "arn:aws:iam::{STAGING}:role/own"}}}}',
            },
            "eu-west-1",
            Role(f"arn:aws:iam::{STAGING}:role/own", "s3cret"),
            id="a role of its own",
        ),
        pytest.param(
            {
                "AWS_ROLE_ARN_PATTERN": PATTERN,
                "AWS_EXTERNAL_ID": "s3cret",
                "ACCOUNTS": f'{{"{STAGING}": {{"external_id": "other"}}}}',
            },
            "eu-west-1",
            Role(f"arn:aws:iam::{STAGING}:role/oom-guard-read", "other"),
            id="an external id of its own",
        ),
    ],
)
def test_the_role_for_an_account(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], region: str, role: Role | None
) -> None:
    found = accounts(monkeypatch, **environment).role(STAGING, region)
    assert found == role
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        pytest.param(
            "", [Place(STAGING, "eu-central-1"), Place(STAGING, "us-east-1")], id="no role for prod"
        ),
        pytest.param(
            PATTERN,
            [Place(PROD, "eu-west-1"), Place(STAGING, "eu-central-1"), Place(STAGING, "us-east-1")],
            id="a role for everybody",
        ),
    ],
)
def test_places_are_where_there_is_a_way_in(
    monkeypatch: pytest.MonkeyPatch, pattern: str, places: list[Place]
) -> None:
    found = accounts(
        monkeypatch,
        AWS_REGION="eu-west-1",
        AWS_ROLE_ARN_PATTERN=pattern,
        ACCOUNT_NAMES=f'{{"{PROD}": "prod"}}',
        ACCOUNTS=f'{{"{STAGING}": {{"regions": ["us-east-1", "eu-central-1"]}}}}',
    )
    assert list(found.places()) == places


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(
            "AWS_ROLE_ARN_PATTERN", "arn:aws:iam::123456789012:role/x", id="a pattern of one account"
        ),
        pytest.param("AWS_ROLE_ARN_PATTERN", "oom-guard-read-{account}", id="a pattern that makes no ARN"),
        pytest.param("AWS_EXTERNAL_ID", "s", id="an external id of one letter"),
        pytest.param("ACCOUNTS", '{"prod": {}}', id="a name in place of the id"),
        pytest.param("ACCOUNTS", f'{{"{PROD}": {{"role": "x"}}}}', id="a slip of the pen"),
        pytest.param("ACCOUNTS", f'{{"{PROD}": {{"role_arn": "x"}}}}', id="a role that is no ARN"),
        pytest.param(
            "ACCOUNTS", f'{{"{PROD}": {{"external_id": "s p a c e"}}}}', id="an external id with spaces"
        ),
        pytest.param("ACCOUNTS", f'{{"{PROD}": {{"regions": ["Ireland"]}}}}', id="a region that is none"),
    ],
)
def test_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        accounts(monkeypatch, **{name: value})
    assert [error["loc"][0] for error in caught.value.errors()] == [name.lower()]


@pytest.mark.parametrize(
    ("environment", "role"),
    [
        pytest.param({"AWS_ROLE_ARN_PATTERN": PATTERN}, None, id="the role that reads does not change"),
        pytest.param(
            {
                "AWS_RESIZE_ROLE_ARN_PATTERN": "arn:aws:iam::{account}:role/resize",
                "AWS_EXTERNAL_ID": "s3cret",
            },
            Role(f"arn:aws:iam::{PROD}:role/resize", "s3cret"),
            id="one for every account",
        ),
        pytest.param(
            {
                "AWS_RESIZE_ROLE_ARN_PATTERN": "arn:aws:iam::{account}:role/resize",
                "ACCOUNTS": f'{{"{PROD}": {{"resize_role_arn": "arn:aws:iam::{PROD}:role/own"}}}}',
            },
            Role(f"arn:aws:iam::{PROD}:role/own"),
            id="one of its own",
        ),
    ],
)
def test_the_role_that_changes_memory(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], role: Role | None
) -> None:
    assert accounts(monkeypatch, **environment).resize_role(PROD, "eu-west-1") == role
