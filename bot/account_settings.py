"""Account settings: which AWS accounts there are, what they are called, by which role each is read, by which changed."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.aws.accounts import Account, Accounts
from bot.domain.aws.partition import partition_of_region
from bot.setting_forms import AsJson

_ROLE_ARN = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}", re.ASCII)
_SOME_ACCOUNT = "123456789012"

AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


def _external_id(value: SecretStr) -> SecretStr:
    """As IAM allows it: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html."""
    if value.get_secret_value() and not re.fullmatch(
        r"[\w+=,.@:/-]{2,1224}", value.get_secret_value(), re.ASCII
    ):
        raise ValueError("an external id has 2 to 1224 letters, digits or _ + = , . @ : / -")
    return value


class AccountSetting(BaseModel):
    """One entry of ACCOUNTS."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=100)
    role_arn: str = ""
    resize_role_arn: str = ""
    external_id: SecretStr = SecretStr("")
    regions: tuple[str, ...] = ()

    _check_external_id = field_validator("external_id")(_external_id)

    @field_validator("role_arn", "resize_role_arn")
    @classmethod
    def _is_role(cls, value: str) -> str:
        if value and not _ROLE_ARN.fullmatch(value):
            raise ValueError("this is not the ARN of a role: arn:aws:iam::123456789012:role/NAME")
        return value

    @field_validator("regions")
    @classmethod
    def _are_regions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for region in value:
            if partition_of_region(region) is None:
                raise ValueError(f"{region!r} is no region of AWS")
        return value

    def as_account(self, account_id: str, short_name: str) -> Account:
        """The value for it; `short_name` is for an entry without a name."""
        return Account(
            id=account_id,
            name=self.name or short_name,
            role_arn=self.role_arn,
            resize_role_arn=self.resize_role_arn,
            external_id=self.external_id.get_secret_value(),
            regions=self.regions,
        )


class AccountSettings(BaseSettings):
    """The part of the settings that is about accounts."""

    account_names: Annotated[dict[str, str], NoDecode, AsJson] = Field(
        default={}, description='Names of AWS accounts as JSON: {"123456789012":"prod"}.'
    )
    accounts: Annotated[dict[AccountId, AccountSetting], NoDecode, AsJson] = Field(
        default={},
        description='Accounts as JSON: {"123456789012":{"name":"prod","role_arn":"…","external_id":"…","regions":["…"]}}.',
    )
    aws_role_arn_pattern: str = Field(
        default="", description="Role to read an account with: arn:aws:iam::{account}:role/NAME."
    )
    aws_resize_role_arn_pattern: str = Field(
        default="",
        description="Role to change memory with, in our own account too: arn:aws:iam::{account}:role/NAME.",
    )
    aws_external_id: SecretStr = Field(
        default=SecretStr(""), description="External id that the roles' trust policies ask for."
    )
    aws_region: str = Field(default="us-east-1", description="AWS region to use where no ARN names one.")

    _check_external_id = field_validator("aws_external_id")(_external_id)

    @field_validator("aws_role_arn_pattern", "aws_resize_role_arn_pattern")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        filled = value.replace("{account}", _SOME_ACCOUNT).replace("{partition}", "aws")
        if value and ("{account}" not in value or not _ROLE_ARN.fullmatch(filled)):
            raise ValueError("this is no pattern of role ARNs: arn:aws:iam::{account}:role/NAME")
        return value

    def as_accounts(self) -> Accounts:
        """All accounts that are named, and the rule for the others."""
        named = self.account_names
        return Accounts(
            (
                self.accounts.get(account_id, AccountSetting()).as_account(
                    account_id, named.get(account_id, "")
                )
                for account_id in {**named, **self.accounts}
            ),
            home_region=self.aws_region,
            role_pattern=self.aws_role_arn_pattern,
            resize_role_pattern=self.aws_resize_role_arn_pattern,
            external_id=self.aws_external_id.get_secret_value(),
        )
