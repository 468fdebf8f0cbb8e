"""STS: who calls, and roles of other accounts whose keys a caller is lent for a time."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.aws.arns import ACCOUNT
from sandbox.aws.ecs_tasks_api import PRINCIPAL
from sandbox.aws.errors import AwsError
from sandbox.clock import Clock

Parameters = dict[str, Any]
STAGING = "210987654321"
STAGING_ROLE = f"arn:aws:iam::{STAGING}:role/oom-guard-read"
STAGING_EXTERNAL_ID = "sandbox-staging"
_DEFAULT_S = 3600


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is."""

    account: str
    arn: str


HOME = Caller(ACCOUNT, PRINCIPAL)


@dataclass(frozen=True, slots=True)
class _Session:
    """Keys that were lent."""

    caller: Caller
    token: str
    ends_at: datetime


class Sts:
    """The roles that trust the home account, and the keys that were lent."""

    def __init__(self, clock: Clock) -> None:
        """There is one role, of a staging account."""
        self._clock = clock
        self._roles: dict[str, str] = {}
        self._naming: set[str] = set()  # roles whose trust lets a caller say for whom it acts
        self._sessions: dict[str, _Session] = {}
        self.add_role(STAGING_ROLE, STAGING_EXTERNAL_ID)

    def add_role(self, arn: str, external_id: str = "", *, takes_source_identity: bool = False) -> None:
        """A role that trusts the home account; with an external id it asks for that."""
        self._roles[arn] = external_id
        if takes_source_identity:
            self._naming.add(arn)

    def caller(self, key: str, token: str, expired: str) -> Caller:
        """Who was lent these keys; `expired` is the API's word for keys that have ended. AwsError for no good ones."""
        session = self._sessions.get(key)
        if session is None or session.token != token:
            raise AwsError(
                "UnrecognizedClientException", "The security token included in the request is invalid.", 403
            )
        if session.ends_at <= self._clock.now():
            raise AwsError(expired, "The security token included in the request is expired", 403)
        return session.caller

    def operations(self, caller: Caller) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        who = {"Account": caller.account, "Arn": caller.arn, "UserId": "AROA:sandbox"}
        return {
            "GetCallerIdentity": lambda _: dict(who),
            "AssumeRole": lambda asked: self._assume(caller, asked),
        }

    def _assume(self, caller: Caller, asked: Parameters) -> Parameters:
        arn = asked["RoleArn"]
        if caller != HOME or self._roles.get(arn) != asked.get("ExternalId", ""):
            sentence = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise AwsError("AccessDenied", sentence, 403)
        if "SourceIdentity" in asked and arn not in self._naming:
            sentence = (
                f"User: {caller.arn} is not authorized to perform: sts:SetSourceIdentity on resource: {arn}"
            )
            raise AwsError("AccessDenied", sentence, 403)
        account, name = arn.split(":")[4], arn.rpartition("/")[2]
        lent = Caller(account, f"arn:aws:sts::{account}:assumed-role/{name}/{asked['RoleSessionName']}")
        ends_at = self._clock.now() + timedelta(seconds=asked.get("DurationSeconds", _DEFAULT_S))
        key, session = f"ASIA{secrets.token_hex(8).upper()}", _Session(lent, secrets.token_hex(32), ends_at)
        self._sessions[key] = session
        return {
            "AssumedRoleUser": {
                "Arn": lent.arn,
                "AssumedRoleId": f"AROA{account}:{asked['RoleSessionName']}",
            },
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": secrets.token_hex(20),
                "SessionToken": session.token,
                "Expiration": ends_at,
            },
        }
