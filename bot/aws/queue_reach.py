"""Queue reach: with whose keys a queue is asked: those of its account's role, or our own, which its policy lets in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.aws.calls import Calls, Forbidden


@dataclass(frozen=True, slots=True)
class QueueReach:
    """One queue's. `account` is that of the queue where a role is configured for it, "" where there are only our own keys.

    A role that only reads may not take messages, and the queue's policy may let us in by ourselves: what works for an
    operation is tried first the next time.
    """

    region: str
    account: str = ""
    _works_by: dict[str, str] = field(default_factory=dict)

    async def ask(self, calls: Calls, operation: str, /, **arguments: object) -> Mapping[str, Any]:
        """Ask SQS. Raises an AwsTrouble: where nobody is allowed to, what the account's role lacks."""
        refusals: dict[str, Forbidden] = {}
        for account in dict.fromkeys((self._works_by.get(operation, self.account), self.account, "")):
            try:
                answer = await calls.ask("sqs", self.region, operation, account=account, **arguments)
            except Forbidden as refusal:
                refusals[account] = refusal
            else:
                self._works_by[operation] = account
                return answer
        raise refusals[self.account]
