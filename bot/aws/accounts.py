"""Accounts: what an installation says of its AWS accounts: their names, the roles to assume there, their regions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.aws.partition import partition_of_region

_ID = re.compile(r"[0-9]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Role:
    """A role to assume. The external id is a secret that its trust policy may ask for; "" for none."""

    arn: str
    external_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it is configured; what is empty is as for all accounts."""

    id: str
    name: str = ""
    role_arn: str = ""
    resize_role_arn: str = ""
    external_id: str = field(default="", repr=False)
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A region of an account: where clusters are."""

    account: str
    region: str


class Accounts:
    """All accounts that are named in the settings, and the rule for those that are not."""

    def __init__(
        self,
        accounts: Iterable[Account] = (),
        *,
        home_region: str = "",
        role_pattern: str = "",
        resize_role_pattern: str = "",
        external_id: str = "",
    ) -> None:
        """Patterns have `{account}` and may have `{partition}`; "" means no role where none is named.

        `home_region` is where accounts are that name no regions, and where roles are assumed; "" for none.
        """
        self._accounts = {account.id: account for account in accounts}
        self._pattern = role_pattern
        self._resize_pattern = resize_role_pattern
        self._external_id = external_id
        self.home_region = home_region

    def name(self, account: str) -> str:
        """What people call the account; its id if they gave it no name."""
        found = self._accounts.get(account)
        return found.name if found and found.name else account

    def role(self, account: str, region: str) -> Role | None:
        """The role that reads this account in the partition of that region; None where none is configured."""
        named = self._accounts.get(account)
        return self._role(account, region, named.role_arn if named else "", self._pattern)

    def resize_role(self, account: str, region: str) -> Role | None:
        """The role that changes memory there, our own account not excepted; None where none is configured."""
        named = self._accounts.get(account)
        return self._role(account, region, named.resize_role_arn if named else "", self._resize_pattern)

    def _role(self, account: str, region: str, arn: str, pattern: str) -> Role | None:
        named = self._accounts.get(account)
        external_id = (named.external_id if named else "") or self._external_id
        if arn:
            return Role(arn, external_id)
        if not pattern or not _ID.fullmatch(account):
            return None  # an id comes from messages, too: nothing but digits goes into an ARN
        partition = partition_of_region(region)
        arn = pattern.replace("{account}", account)
        return Role(arn.replace("{partition}", partition.name if partition else "aws"), external_id)

    def places(self) -> tuple[Place, ...]:
        """Where to look: the regions of all accounts that have a role or name their regions, in order.

        An account that only has a name is known from its events alone.
        """
        return tuple(
            sorted(
                Place(account.id, region)
                for account in self._accounts.values()
                if account.regions or self.role(account.id, self.home_region)
                for region in account.regions or (self.home_region,)
                if region
            )
        )
