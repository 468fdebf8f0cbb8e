"""OpenTelemetry: spans of the bot as OTLP over HTTP. Loaded only where an OTEL_… variable asks for it."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode

from bot.tracing.tracer import Value

log = structlog.get_logger(__name__)

_MOST_MATTERS = 1000
_FOLLOWED_S = 600.0  # what comes of something later than that is another story
_LAST_WORDS_S = 3.0


class OtelSpan:
    """A span that is seen."""

    def __init__(self, span: trace.Span, lead: Callable[[str, SpanContext], None]) -> None:
        """`lead` remembers what led to a matter."""
        self._span = span
        self._lead = lead

    def note(self, **attributes: Value) -> None:
        """Say more of it."""
        for name, value in attributes.items():
            self._span.set_attribute(f"oomguard.{name}", value)

    def leads_to(self, *matters: str) -> None:
        """What is done about these matters in the next minutes, by this process, is part of this trace."""
        for matter in matters:
            self._lead(matter, self._span.get_span_context())


class OtelTracer:
    """Makes spans of a provider of its own: OpenTelemetry's global one stays as it is."""

    def __init__(self, processor: SpanProcessor, clock_s: Callable[[], float] = time.monotonic) -> None:
        """`processor` gets the spans that have ended. The SDK reads OTEL_SERVICE_NAME, sampler and limits itself."""
        default = Resource({SERVICE_NAME: "oom-guard"})
        self._provider = TracerProvider(resource=default.merge(_of_environment()), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("oom-guard")
        self._clock_s = clock_s
        self._leads: OrderedDict[str, tuple[float, SpanContext]] = OrderedDict()

    @contextmanager
    def span(self, name: str, /, *, follows: str = "", **attributes: Value) -> Iterator[OtelSpan]:
        """One span. Of an exception its class is told, not its text: that may hold what somebody sent."""
        with self._tracer.start_as_current_span(
            name,
            context=self._context(follows),
            record_exception=False,
            set_status_on_exception=False,
        ) as made:
            span = OtelSpan(made, self._lead)
            span.note(**attributes)
            try:
                yield span
            except BaseException as error:
                made.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    async def close(self) -> None:
        """Send what is left. A receiver that hangs must not hold up a stop: its thread may be left behind."""
        loop, sent = asyncio.get_running_loop(), asyncio.Event()

        def send() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop did not wait so long
                loop.call_soon_threadsafe(sent.set)

        threading.Thread(target=send, name="last spans", daemon=True).start()
        try:
            await asyncio.wait_for(sent.wait(), _LAST_WORDS_S)
        except TimeoutError:
            log.warning("tracing.not_sent", advice="what OTEL_EXPORTER_OTLP_ENDPOINT names does not answer")

    def _lead(self, matter: str, context: SpanContext) -> None:
        self._leads[matter] = (self._clock_s(), context)
        self._leads.move_to_end(matter)
        while len(self._leads) > _MOST_MATTERS:
            self._leads.popitem(last=False)

    def _context(self, follows: str) -> Context | None:
        """None for the span that we are in, which is what counts; else the one that led here."""
        if trace.get_current_span().get_span_context().is_valid:
            return None
        at, context = self._leads.get(follows, (0.0, None))
        if context is None or self._clock_s() - at > _FOLLOWED_S:
            return None
        return trace.set_span_in_context(NonRecordingSpan(context))


def over_http() -> OtelTracer:
    """Spans are sent in batches, by a thread of their own, to where OTEL_EXPORTER_OTLP_… says."""
    return OtelTracer(BatchSpanProcessor(OTLPSpanExporter()))


def _of_environment() -> Resource:
    """What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say."""
    found = dict(Resource.create().attributes)
    if str(found.get(SERVICE_NAME, "")).startswith("unknown_service"):
        del found[SERVICE_NAME]
    return Resource(found)
