"""The endpoint: one door for all AWS APIs, as AWS_ENDPOINT_URL makes boto3 knock."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import uuid4

from aiohttp import web

from sandbox.aws import iam, models, pricing
from sandbox.aws.arns import REGION
from sandbox.aws.dialects import Call, Dialect, Query, Reply, dialect
from sandbox.aws.errors import AwsError, SaysNo
from sandbox.aws.models import Api, check
from sandbox.aws.sts import HOME, Caller, Sts
from sandbox.wire import WireLog

Answer = dict[str, Any] | None
Operation = Callable[[dict[str, Any]], Answer | Coroutine[Any, Any, Answer]]
Table = Mapping[str, Mapping[str, Operation]]
ACCESS_KEY_ID = "AKIASANDBOX0OOMGUARD"
SECRET_ACCESS_KEY = "sandbox-only-secret-made-up"  # noqa: S105 opens nothing but this sandbox
_ELSEWHERE = {"pricing": pricing.ENDPOINTS, "iam": {iam.REGION}}  # whose endpoints are not in every region
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass
class AwsFaults:
    """Errors to order: by "service:Operation", "service:*" or "*", how often yet (-1: until cleared)."""

    ordered: dict[str, tuple[AwsError, int]] = field(default_factory=dict)
    hanging: dict[str, asyncio.Event] = field(default_factory=dict)

    def hang(self, account: str) -> None:
        """Keep callers of that account waiting, until the event that is kept in `hanging` is set."""
        self.hanging[account] = asyncio.Event()

    async def keep_waiting(self, account: str) -> None:
        """Return at once, unless the account hangs."""
        if account in self.hanging:
            await self.hanging[account].wait()

    def throttle(self, action: str, times: int = -1) -> None:
        """Refuse `action` as throttled."""
        self.ordered[action] = (AwsError("ThrottlingException", "Rate exceeded"), times)

    def deny(self, action: str) -> None:
        """Refuse `action` for want of a permission, until cleared."""
        sentence = f"User: arn:aws:sts::123456789012:assumed-role/oom-guard/sandbox is not authorized to perform: {action}"
        self.ordered[action] = (AwsError("AccessDeniedException", sentence, 400), -1)

    def is_denied(self, action: str) -> bool:
        """Whether that action would be refused for want of a permission."""
        rules = (self.ordered.get(one) for one in (action, f"{action.partition(':')[0]}:*", "*"))
        return any(rule is not None and rule[0].code == "AccessDeniedException" for rule in rules)

    def clear(self) -> None:
        """Refuse nothing any more."""
        self.ordered.clear()

    def named(self, error: AwsError) -> str:
        """The error in words; one that was ordered says so."""
        ordered = any(error is one for one, _ in self.ordered.values())
        return f"{error} (fault on demand)" if ordered else str(error)

    def strike(self, service: str, operation: str) -> None:
        """Raise the error that was ordered for this call, if any."""
        for action in (f"{service}:{operation}", f"{service}:*", "*"):
            error, times = self.ordered.get(action, (None, 0))
            if error and times:
                self.ordered[action] = (error, times - 1 if times > 0 else -1)
                raise error


@dataclass(frozen=True, slots=True)
class _Made:
    """A call as it was made: what, by whom (an ARN), with what, and how long it took."""

    action: str
    actor: str
    parameters: dict[str, Any]
    ms: float


class Endpoint:
    """Finds the API by the signature's scope, checks against its model, calls the table."""

    def __init__(self, table: Callable[[Caller], Table], sts: Sts, faults: AwsFaults, wire: WireLog) -> None:
        """`table` gives what a caller finds: service name → operation name → function."""
        self._table = table
        self._sts = sts
        self._faults = faults
        self._wire = wire

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        path = "/" + request.match_info.get("path", "")
        call = Call(request.method, path, request.query_string, request.headers, await request.read())
        began = perf_counter()
        spoken = dialect(call)
        api = models.api("sns")
        name, error, caller = "?", None, None
        parameters: dict[str, Any] = {}
        try:
            service, caller = self._admit(call, spoken)
            await self._faults.keep_waiting((caller or HOME).account)
            api = models.api(service)
            operation, parameters = spoken.read(call, api)
            name = operation.name
            check(parameters, operation.input_shape)
            reply = await self._perform(spoken, api, caller, name, parameters)
        except AwsError as refusal:
            error = refusal
            reply = spoken.refuse(api, refusal)
        actor = caller.arn if caller else ""
        ms = (perf_counter() - began) * 1000
        self._record(_Made(f"{api.name}:{name}", actor, parameters, ms), reply, error)
        headers = reply.headers | {"x-amzn-RequestId": str(uuid4())}
        return web.Response(status=reply.status, body=reply.body, headers=headers)

    def _admit(self, call: Call, spoken: Dialect) -> tuple[str, Caller | None]:
        """The service and who calls; only SNS takes unsigned calls (a visited SubscribeURL), from nobody."""
        scope = _SCOPE.search(call.headers.get("Authorization", ""))
        if scope is None:
            if call.form.get("Action") in ("ConfirmSubscription", "Unsubscribe"):
                return "sns", None
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        key, region, service = scope.groups()
        token = call.headers.get("X-Amz-Security-Token", "")
        expired = "ExpiredToken" if isinstance(spoken, Query) else "ExpiredTokenException"
        caller = HOME if key == ACCESS_KEY_ID else self._sts.caller(key, token, expired)
        regions = _ELSEWHERE.get(service, {REGION})
        if region not in regions:
            sentence = f"Credential should be scoped to {' or '.join(sorted(regions))}, not {region}."
            raise AwsError("InvalidSignatureException", sentence, 403)
        return service, caller

    async def _perform(
        self, spoken: Dialect, api: Api, caller: Caller | None, name: str, parameters: dict[str, Any]
    ) -> Reply:
        self._faults.strike(api.name, name)
        (caller or HOME).check(f"{api.name}:{name}")
        known = self._table(caller or HOME).get(api.name, {})
        operation = known.get(name if caller else f"{name} unsigned")
        if operation is None:
            raise AwsError("NotImplemented", f"The sandbox does not play {api.name} {name}.", 501)
        answer = operation(parameters)
        if isinstance(answer, Coroutine):  # one that may wait, as a long poll does
            answer = await answer
        return spoken.write(api, name, answer or {})

    def _record(self, made: _Made, reply: Reply, error: AwsError | None) -> None:
        self._wire.add(
            direction="in",
            kind=f"aws {made.action}",
            title=made.action,
            actor=made.actor,
            status=reply.status,
            ms=made.ms,
            level="error" if error and not isinstance(error, SaysNo) else "ok",
            note=self._faults.named(error) if error else "",
            request=made.parameters,
            response=reply.body.decode(errors="replace"),
        )
