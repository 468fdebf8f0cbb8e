"""Sites: one account and region that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.aws.calls import Calls
from bot.domain.subject.group_key import GroupKey


@dataclass(frozen=True, slots=True)
class Site:
    """Asks AWS in one place, with the keys of the account that is named."""

    calls: Calls
    account: str
    region: str

    @classmethod
    def of(cls, calls: Calls, key: GroupKey) -> "Site":
        """Where the tasks of a group key run."""
        return cls(calls, key.account, key.region)

    async def ask(self, service: str, operation: str, /, **arguments: object) -> Mapping[str, Any]:
        """Call one operation there; raises an AwsTrouble."""
        return await self.calls.ask(service, self.region, operation, account=self.account, **arguments)
