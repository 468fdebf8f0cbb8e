"""Access: with whose keys an account is asked: our own at home, a role's elsewhere; for resizes a role's everywhere."""

import contextlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any

from bot.aws.accounts import Accounts, Role
from bot.aws.fetched import Fetched
from bot.aws.trouble import Forbidden
from bot.domain.aws.partition import partition_of_region
from bot.domain.telling.language import mark

SESSION_NAME = "oom-guard"  # what CloudTrail of the role's account shows
_LONGEST_NAME = 64
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_+=,.@-]")
_REMEMBERED = 1000
_FOR_EVER = datetime.max.replace(tzinfo=UTC)

AskSts = Callable[..., Mapping[str, Any]]
"""Calls STS with our own keys: (region, operation, **arguments); raises an AwsTrouble."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Temporary credentials of a role; `person` is for whom they were lent, "" for nobody in particular."""

    role: Role
    access_key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    person: str = ""

    def as_arguments(self) -> dict[str, str]:
        """As botocore's `create_client` takes them."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret,
            "aws_session_token": self.token,
        }


def session_name(person: str) -> str:
    """The name of a role's session: for whom it is."""
    return f"{SESSION_NAME}-{_safe(person)}"[:_LONGEST_NAME] if person else SESSION_NAME


class Access:
    """Keys by account; they are kept until they end. For threads: what it does not know yet it waits for."""

    def __init__(self, accounts: Accounts, ask_sts: AskSts, clock: Callable[[], datetime]) -> None:
        """`clock` gives aware UTC; it decides when keys are renewed."""
        self._accounts = accounts
        self._ask_sts = ask_sts
        self._clock = clock
        self._own: Fetched[str] = Fetched(clock)
        self._keys: OrderedDict[tuple[Role, str], Fetched[Keys]] = OrderedDict()
        self._lock = Lock()

    def _own_account(self, region: str) -> str:
        """The 12-digit id of the account that our own keys are of, told by STS near that region. Raises an AwsTrouble."""
        return self._own.get(partial(self._who_am_i, region))

    def keys(self, account: str, region: str, person: str = "", *, resizes: bool = False) -> Keys | None:
        """The keys to use there; None for our own. Raises an AwsTrouble: Forbidden where we have no access.

        With a `person` (a Slack user id) a role's session is named after that person, and CloudTrail shows it; our own
        keys name nobody. `resizes`: by the role that changes memory there, if one is configured.
        """
        if resizes and (changing := self._accounts.resize_role(account, region)):
            return self._of(changing, person).get(partial(self._assume, changing, person, region))
        own = self._own_account(region)
        if account == own:
            return None
        role = self._accounts.role(account, region)
        if role is None:
            raise Forbidden(
                "sts:AssumeRole",
                mark("I run in account {own} and no role is configured for account {account}"),
                own=own,
                account=account,
            )
        return self._of(role, person).get(partial(self._assume, role, person, region))

    def names_people(self, account: str, region: str) -> bool:
        """Whether a role is assumed for resizes there, whose sessions are named after people. Raises an AwsTrouble."""
        return bool(self._accounts.resize_role(account, region)) or account != self._own_account(region)

    def forget(self, keys: Keys) -> None:
        """AWS does not take these keys any more."""
        with self._lock:
            fetched = self._keys.get((keys.role, keys.person))
        if fetched:
            fetched.forget(keys)

    def _of(self, role: Role, person: str) -> Fetched[Keys]:
        with self._lock:
            fetched = self._keys.pop((role, person), None) or Fetched(self._clock)
            self._keys[role, person] = fetched
            if len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)
            return fetched

    def _who_am_i(self, region: str) -> tuple[str, datetime]:
        return str(self._ask_sts(self._sts_region(region), "get_caller_identity")["Account"]), _FOR_EVER

    def _assume(self, role: Role, person: str, region: str) -> tuple[Keys, datetime]:
        arguments = {"RoleArn": role.arn, "RoleSessionName": session_name(person)}
        if role.external_id:
            arguments["ExternalId"] = role.external_id
        try:
            given = self._lend(region, arguments, person)
        except Forbidden as trouble:
            raise Forbidden(
                "sts:AssumeRole",
                mark(
                    "not allowed: AWS refused sts:AssumeRole on {role}; it must exist, trust my role and expect my external id"
                ),
                role=role.arn,
            ) from trouble
        keys = Keys(role, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], person)
        return keys, given["Expiration"]

    def _lend(self, region: str, arguments: Mapping[str, str], person: str) -> Mapping[str, Any]:
        """With the person as the source identity where the role's trust allows that: it outlives further roles."""
        ask = partial(self._ask_sts, self._sts_region(region), "assume_role", **arguments)
        if person:
            with contextlib.suppress(Forbidden):
                given: Mapping[str, Any] = ask(SourceIdentity=_safe(person))["Credentials"]
                return given
        lent: Mapping[str, Any] = ask()["Credentials"]
        return lent

    def _sts_region(self, region: str) -> str:
        """The nearest STS whose keys are good there: our own region's, unless it is in another partition."""
        home = partition_of_region(self._accounts.home_region)
        return self._accounts.home_region if home and home.has_region(region) else region


def _safe(person: str) -> str:
    """What STS takes in a name."""
    return _NOT_IN_NAMES.sub("-", person)[:_LONGEST_NAME].ljust(2, "-")
