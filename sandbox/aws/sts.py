"""STS: who calls, and roles whose keys a caller is lent for a time, here and in another account."""

import re
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
RESIZE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/oom-guard-resize"  # as deploy/cloudformation/resize.yaml makes it
RESIZE_ACTIONS = frozenset(
    {
        "batch:RegisterJobDefinition",
        "ecs:RegisterTaskDefinition",
        "ecs:StopServiceDeployment",
        "ecs:UpdateService",
        "events:PutTargets",
        "scheduler:UpdateSchedule",
    }
)
_FREE = "sts:GetCallerIdentity"
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_DEFAULT_S = 3600


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is; `allowed` are the actions that its role is granted, None for all."""

    account: str
    arn: str
    source_identity: str = ""
    allowed: frozenset[str] | None = None

    def check(self, action: str) -> None:
        """Raise AwsError unless the caller's role is granted that ("ecs:UpdateService")."""
        if self.allowed is not None and action not in self.allowed | {_FREE}:
            sentence = f"User: {self.arn} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
            raise AwsError("AccessDeniedException", sentence, 400)


HOME = Caller(ACCOUNT, PRINCIPAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a role lets in: who knows its external id; whether they may, or must, say for whom; and what they may do then."""

    external_id: str = ""
    takes_source_identity: bool = False
    wants_source_identity: bool = False
    allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Session:
    """Keys that were lent."""

    caller: Caller
    token: str
    ends_at: datetime


class Sts:
    """The roles that trust the home account, and the keys that were lent."""

    def __init__(self, clock: Clock) -> None:
        """There are two roles: one that reads a staging account, and one that resizes at home."""
        self._clock = clock
        self._roles: dict[str, Trust] = {}
        self._sessions: dict[str, _Session] = {}
        self.add_role(STAGING_ROLE, STAGING_EXTERNAL_ID)
        self.trust(
            RESIZE_ROLE,
            Trust(takes_source_identity=True, wants_source_identity=True, allowed=RESIZE_ACTIONS),
        )

    def add_role(self, arn: str, external_id: str = "", *, takes_source_identity: bool = False) -> None:
        """A role that trusts the home account; with an external id it asks for that."""
        self.trust(arn, Trust(external_id=external_id, takes_source_identity=takes_source_identity))

    def trust(self, arn: str, trust: Trust) -> None:
        """A role that trusts the home account so."""
        self._roles[arn] = trust

    def remove_role(self, arn: str) -> None:
        """Nobody may assume it any more."""
        self._roles.pop(arn)

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
        arn, identity = asked["RoleArn"], asked.get("SourceIdentity", "")
        for field in ("RoleSessionName", "SourceIdentity"):
            if field in asked and not _NAME.fullmatch(asked[field]):
                sentence = f"1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
                raise AwsError("ValidationError", sentence)
        trust = self._admitted(caller, asked)
        account, name = arn.split(":")[4], arn.rpartition("/")[2]
        session_arn = f"arn:aws:sts::{account}:assumed-role/{name}/{asked['RoleSessionName']}"
        lent = Caller(account, session_arn, identity, trust.allowed)
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

    def _admitted(self, caller: Caller, asked: Parameters) -> Trust:
        arn = asked["RoleArn"]
        trust = self._roles.get(arn)
        refused = f"User: {caller.arn} is not authorized to perform: {{}} on resource: {arn}"
        if caller != HOME or trust is None or trust.external_id not in ("", asked.get("ExternalId", "")):
            raise AwsError("AccessDenied", refused.format("sts:AssumeRole"), 403)
        if "SourceIdentity" in asked and not trust.takes_source_identity:
            raise AwsError("AccessDenied", refused.format("sts:SetSourceIdentity"), 403)
        if "SourceIdentity" not in asked and trust.wants_source_identity:
            raise AwsError("AccessDenied", refused.format("sts:AssumeRole"), 403)
        return trust
