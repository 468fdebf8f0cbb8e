"""Calls: boto3 in one bounded thread pool, one client a service and region, errors as a small tree."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, InvalidRegionError, ParamValidationError

_THROTTLES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
_CLIENTS = 64  # messages name regions as they like, and a client is some MiB
_FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)


class AwsTrouble(Exception):
    """A call to AWS did not work out."""


class Unreachable(AwsTrouble):
    """AWS did not answer, answered with its own trouble, or asks to slow down: try again later."""


class Forbidden(AwsTrouble):
    """The role lacks a permission; `action` names it as in IAM."""

    def __init__(self, action: str) -> None:
        """Keep the IAM action, `ecs:DescribeTasks` say."""
        super().__init__(f"not allowed: the role needs {action}")
        self.action = action


class Rejected(AwsTrouble):
    """AWS says that the request is wrong; `code` is AWS's own word."""

    def __init__(self, code: str, message: str) -> None:
        """Keep AWS's error code and sentence."""
        super().__init__(f"{code}: {message}"[:500])
        self.code = code


class Calls:
    """Makes AWS calls off the event loop."""

    def __init__(self, pool: ThreadPoolExecutor, *, sns_emulator: str | None = None) -> None:
        """`sns_emulator`: the origin that stands in for SNS; None for AWS, or what AWS_ENDPOINT_URL… says."""
        self._pool = pool
        session = boto3.Session()
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=32,
            connect_timeout=3,
            read_timeout=10,
        )

        @lru_cache(_CLIENTS)
        def client(service: str, region: str) -> Any:
            stand_in = _emulated(session, sns_emulator) if sns_emulator and service == "sns" else {}
            return session.client(service, region_name=region, config=config, **stand_in)

        self._client: Callable[[str, str], Any] = client
        self._making = Lock()  # a boto3 session is not for several threads at once; its clients are

    async def ask(self, service: str, region: str, operation: str, **arguments: object) -> Mapping[str, Any]:
        """Call one operation (its Python name, `describe_tasks`); raises an AwsTrouble."""
        work = partial(self._ask, service, region, operation, arguments)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _ask(
        self, service: str, region: str, operation: str, arguments: Mapping[str, object]
    ) -> Mapping[str, Any]:
        try:
            with self._making:
                client = self._client(service, region)
            answer: Mapping[str, Any] = getattr(client, operation)(**arguments)
        except ClientError as error:
            raise _trouble(error, service) from error
        except (InvalidRegionError, ParamValidationError) as error:
            raise Rejected(type(error).__name__, str(error)) from error
        except BotoCoreError as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:500]) from error
        return answer


def _emulated(session: boto3.Session, origin: str) -> dict[str, str]:
    """Arguments that point a client at the emulator; it wants some credentials, whichever."""
    if session.get_credentials() is not None:
        return {"endpoint_url": origin}
    return {"endpoint_url": origin, "aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}


def _trouble(error: ClientError, service: str) -> AwsTrouble:
    """A ClientError as one of our errors."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _FORBIDDEN:
        return Forbidden(f"{service}:{error.operation_name}")
    if code in _THROTTLES or status >= 500:
        return Unreachable(f"{code or status} from {service}:{error.operation_name}")
    return Rejected(code, str(error.response.get("Error", {}).get("Message", "")))
