"""Calls: botocore in one bounded thread pool, with the keys of the account that is asked, errors as a small tree."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, InvalidRegionError, ParamValidationError
from botocore.parsers import ResponseParserError
from botocore.session import Session

from bot.aws.access import Access, Keys
from bot.aws.accounts import Accounts
from bot.aws.clients import Clients
from bot.aws.lanes import Lanes
from bot.aws.models import session
from bot.aws.trouble import AwsTrouble, Forbidden, Rejected, Unreachable
from bot.aws.unknown_fields import guard
from bot.domain.telling.language import mark

__all__ = ["Actor", "AwsTrouble", "Calls", "Forbidden", "Rejected", "Unreachable"]

T = TypeVar("T")

_THROTTLES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
_CLIENTS = 64  # messages name accounts and regions as they like, and a client is a quarter of a MiB
_FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
_ENDED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
_ONCE = Config(
    retries={"mode": "standard", "total_max_attempts": 1}
)  # what changes AWS is not repeated blindly
_NOT_AUTHORISED = re.compile(
    r"not authorized to perform: (?P<action>[a-z-]+:\w+)(?: on resource: (?P<resource>arn:\S+))?", re.ASCII
)
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    connect_timeout=3,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """In whose name. CloudTrail tells the `person` where a role is assumed; `resizes`: by the role that changes memory
    there, if one is configured, at home too.
    """

    person: str = ""
    resizes: bool = False


OURSELVES = Actor()


@dataclass(frozen=True, slots=True)
class _Call:
    """One call to be made."""

    service: str
    region: str
    operation: str
    arguments: Mapping[str, object]
    is_change: bool = False
    actor: Actor = OURSELVES


class Calls:
    """Makes AWS calls off the event loop."""

    def __init__(
        self,
        pool: Executor,
        accounts: Accounts | None = None,
        *,
        sns_emulator: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience_s: float = 10,
    ) -> None:
        """Without `accounts` only our own account can be asked. `patience_s`: how long to wait for an answer.

        `sns_emulator`: the origin that stands in for SNS; None for AWS, or what AWS_ENDPOINT_URL… says.
        """
        self._pool = pool
        self._config = _CONFIG.merge(Config(read_timeout=patience_s))
        self._session = session()
        self._sns_emulator = sns_emulator
        self._clients = Clients(_CLIENTS)
        self._access = Access(accounts or Accounts(), self._ask_sts, clock)
        self._lanes = Lanes()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._changes: set[asyncio.Task[Any]] = set()

    async def ask(
        self, service: str, region: str, operation: str, /, *, account: str = "", **arguments: object
    ) -> Mapping[str, Any]:
        """Call one operation (its Python name, `describe_tasks`); raises an AwsTrouble.

        With an `account` (12 digits) the call is made there, by the role that is configured for it; without one by
        our own keys, wherever those are at home.
        """
        call = _Call(service, region, operation, arguments)
        work = partial(self._ask_in, account, call) if account else partial(self._make, call, None)
        return await self._in_thread(work, account, region, self._under_way)

    async def change(
        self,
        service: str,
        region: str,
        operation: str,
        /,
        *,
        account: str,
        actor: Actor = OURSELVES,
        **arguments: object,
    ) -> Mapping[str, Any]:
        """Call an operation that changes something: at most once, as the answer to one that worked may be lost.

        Raises an AwsTrouble; after an Unreachable nobody knows whether it worked. For the modules of bot.aws that
        write alone.
        """
        call = _Call(service, region, operation, arguments, is_change=True, actor=actor)
        return await self._in_thread(partial(self._ask_in, account, call), account, region, self._changes)

    async def resizes_as(self, region: str, account: str, person: str) -> str:
        """The ARN of the session that would change memory there for this person, or of our own keys. Raises an AwsTrouble."""
        call = _Call("sts", region, "get_caller_identity", {}, actor=Actor(person, resizes=True))
        answer = await self._in_thread(partial(self._ask_in, account, call), account, region, self._under_way)
        return str(answer.get("Arn", ""))

    async def names_people(self, region: str, account: str) -> bool:
        """Whether CloudTrail there would name the person for whom memory is changed. Raises an AwsTrouble."""
        ask = partial(self._access.names_people, account, region)
        return await self._in_thread(ask, account, region, self._under_way)

    async def changes_ended(self, within_s: float) -> bool:
        """Wait for the changes under way, whose askers may have gone: AWS makes them all the same. Whether all ended."""
        late = (await asyncio.wait(self._changes, timeout=within_s))[1] if self._changes else ()
        return not late

    def beside(self, pool: Executor, patience_s: float) -> "Calls":
        """Calls with the same keys, for what waits longer than others may: apart from them in all else."""
        other = Calls(pool, sns_emulator=self._sns_emulator, patience_s=patience_s)
        other._access = self._access
        return other

    async def make_ready(self, services: Iterable[str], region: str) -> None:
        """Make our own clients of these services beforehand: reading their models takes a second of the first call."""
        for service in services:
            await self._work(partial(self._make_client, _Call(service, region, "", {})))

    def _make_client(self, call: _Call) -> None:
        with self._clients.use((call.service, call.region, "", False), partial(self._client, call, None)):
            return

    async def _in_thread(
        self, work: Callable[[], T], account: str, region: str, kind: set[asyncio.Task[Any]]
    ) -> T:
        """Do blocking work. Who gives up waiting does not free the lane: the thread hangs on all the same."""
        leave = await self._lanes.enter(account, region)
        task = asyncio.create_task(self._work(work))
        kind.add(task)
        task.add_done_callback(kind.discard)
        task.add_done_callback(lambda _: leave())
        task.add_done_callback(_seen)
        return await asyncio.shield(task)

    async def _work(self, work: Callable[[], T]) -> T:
        told_as_here = partial(
            copy_context().run, work
        )  # a trouble may be told to a person, in their language
        return await asyncio.get_running_loop().run_in_executor(self._pool, told_as_here)

    def _ask_in(self, account: str, call: _Call) -> Mapping[str, Any]:
        """In an account; with new keys where AWS does not take those any more which should still be good."""
        actor = call.actor
        lend = partial(self._access.keys, account, call.region, actor.person, resizes=actor.resizes)
        keys = lend()
        try:
            return self._make(call, keys)
        except Rejected as trouble:
            if keys is None or trouble.code not in _ENDED:
                raise
        self._access.forget(keys)
        return self._make(call, lend())

    def _ask_sts(self, region: str, operation: str, **arguments: object) -> Mapping[str, Any]:
        return self._make(_Call("sts", region, operation, arguments), None)

    def _make(self, call: _Call, keys: Keys | None) -> Mapping[str, Any]:
        """With a role's keys, or with our own."""
        key = (call.service, call.region, keys.access_key_id if keys else "", call.is_change)
        try:
            with self._clients.use(key, partial(self._client, call, keys)) as client:
                answer: Mapping[str, Any] = getattr(client, call.operation)(**call.arguments)
        except ClientError as error:
            raise _trouble(error, call.service, keys) from error
        except (InvalidRegionError, ParamValidationError) as error:
            raise Rejected(type(error).__name__, str(error)) from error
        except ResponseParserError as error:
            raise Unreachable(
                mark("what answered is not AWS (a proxy?): {error}"), error=str(error)[:450]
            ) from error
        except BotoCoreError as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:500]) from error
        if _is_page(answer):  # botocore takes it for an answer that says nothing
            raise Unreachable(mark("what answered is not AWS (a proxy?): it sent a page for people"))
        return answer

    def _client(self, call: _Call, keys: Keys | None) -> Any:
        more = keys.as_arguments() if keys else {}
        if self._sns_emulator and call.service == "sns":
            more = _emulated(self._session, self._sns_emulator)
        config = self._config.merge(_ONCE) if call.is_change else self._config
        client = self._session.create_client(call.service, region_name=call.region, config=config, **more)
        guard(client, call.service)
        return client


def _is_page(answer: Mapping[str, Any]) -> bool:
    headers: Mapping[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return headers.get("content-type", "").startswith("text/html")


def _emulated(session: Session, origin: str) -> dict[str, str]:
    """Arguments that point a client at the emulator; it wants some credentials, whichever."""
    if session.get_credentials() is not None:
        return {"endpoint_url": origin}
    return {"endpoint_url": origin, "aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}


def _trouble(error: ClientError, service: str, keys: Keys | None) -> AwsTrouble:
    """A ClientError as one of our errors."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code in _FORBIDDEN:
        return _forbidden(f"{service}:{error.operation_name}", message, keys)
    if code in _THROTTLES or status >= 500:
        call = f"{service}:{error.operation_name}"
        return Unreachable(mark("{code} from {call}"), code=code or status, call=call)
    return Rejected(code, message)


def _forbidden(action: str, message: str, keys: Keys | None) -> Forbidden:
    """The action that AWS itself names may be another one: of registering it may be iam:PassRole on some role."""
    told = _NOT_AUTHORISED.search(message)
    resource = ""
    if told is not None and told["action"] != action and told["action"].startswith("iam:"):
        action, resource = told["action"], (told["resource"] or "")[:200]
    role = keys.role.arn if keys else ""
    if role and resource:
        sentence = mark("not allowed: the role {role} needs {action} on {resource}")
    elif role:
        sentence = mark("not allowed: the role {role} needs {action}")
    elif resource:
        sentence = mark("not allowed: the role needs {action} on {resource}")
    else:
        return Forbidden(action)
    return Forbidden(action, sentence, role=role, action=action, resource=resource)


def _seen(task: asyncio.Task[Any]) -> None:
    """Take note of how it ended: nobody else may, and asyncio would complain of a trouble that nobody waits for."""
    if not task.cancelled():
        task.exception()
