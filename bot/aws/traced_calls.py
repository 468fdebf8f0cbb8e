"""Traced calls: AWS calls that are seen as spans, for who switched tracing on."""

from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

from bot.aws.calls import Calls
from bot.tracing.tracer import Tracer


class TracedCalls(Calls):
    """The same calls, a span each: which operation, where; never what is asked with it."""

    def __init__(self, tracer: Tracer, pool: Executor, /, *args: Any, **kwargs: Any) -> None:
        """As `Calls`, and the tracer before."""
        super().__init__(pool, *args, **kwargs)
        self._tracer = tracer

    async def ask(
        self, service: str, region: str, operation: str, /, *, account: str = "", **arguments: object
    ) -> Mapping[str, Any]:
        """As `Calls.ask`."""
        with self._tracer.span(f"aws {service}.{operation}", region=region, account=account):
            return await super().ask(service, region, operation, account=account, **arguments)

    async def change(
        self, service: str, region: str, operation: str, /, *, account: str, **arguments: Any
    ) -> Mapping[str, Any]:
        """As `Calls.change`."""
        with self._tracer.span(f"aws {service}.{operation}", region=region, account=account, is_change=True):
            return await super().change(service, region, operation, account=account, **arguments)
