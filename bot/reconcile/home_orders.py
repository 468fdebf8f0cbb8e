"""Home orders: what Home and direct messages must know of the installation."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.domain.home.home import OwnerOf
from bot.domain.policy.policy import Person, Policy

WhoAmong = Callable[[str, Collection[str]], Awaitable[Person]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOrders:
    """`who` tells of a person which of the policy's groups, and of some others, they are in.

    `members` tells who is in a user group; nobody where Slack does not tell.
    `owner_of` names an incident's owner, `channel` is the default channel.
    `sends_messages`: whether people are told anything directly.
    """

    policy: Policy
    owner_of: OwnerOf
    account_name: Callable[[str], str]
    who: WhoAmong
    members: Callable[[str], Awaitable[frozenset[str]]]
    channel: str
    sends_messages: bool = True
