"""Tracing: off unless asked for; then a kill's way can be followed from its delivery to Slack and AWS, without secrets."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from bot.tracing import otel
from bot.tracing.otel import OtelTracer
from bot.tracing.switch import TracingRefused, build_tracer, is_wanted
from bot.tracing.tracer import UNTRACED
from sandbox.child import Child
from sandbox.sandbox import Sandbox
from tests.aws.sns.sender import notification, sign
from tests.command import REQUIRED, run
from tests.handlers.sns_door import KILLED, open_door
from tests.nest import APP
from tests.sandbox.slack_parts import serve

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.fixture
def seen() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(seen: InMemorySpanExporter) -> OtelTracer:
    return OtelTracer(SimpleSpanProcessor(seen))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, False, id="nothing is asked for"),
        pytest.param(ENDPOINT, True, id="a place to send to"),
        pytest.param({"OTEL_TRACES_EXPORTER": "otlp"}, True, id="the default place"),
        pytest.param(ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False, id="not traces"),
        pytest.param(ENDPOINT | {"OTEL_SDK_DISABLED": "TRUE"}, False, id="switched off"),
        pytest.param({"OTEL_SERVICE_NAME": "oom"}, False, id="a name asks for nothing"),
        pytest.param(
            {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://x"}, False, id="metrics are Prometheus's"
        ),
    ],
)
def test_traces_are_made_where_they_are_asked_for(environment: Mapping[str, str], expected: bool) -> None:
    assert is_wanted(environment) is expected


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"OTEL_TRACES_EXPORTER": "zipkin"}, id="another exporter"),
        pytest.param({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, id="another protocol"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(more: dict[str, str]) -> None:
    with pytest.raises(TracingRefused, match=next(iter(more))):
        build_tracer(ENDPOINT | more)


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(TracingRefused, match=r"pip install --require-hashes -r requirements-otel\.txt"):
        build_tracer(ENDPOINT)


def test_switched_off_nothing_of_it_is_loaded() -> None:
    program = (
        "import sys, app; from bot.tracing.switch import build_tracer; build_tracer({}); "
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    folder = APP.parent
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


async def test_the_tracer_that_traces_nothing_lets_everything_pass() -> None:
    with UNTRACED.span("x", follows="incident 1", a=1) as span:
        span.note(b=2)
        span.leads_to("incident 1")
    with pytest.raises(KeyError), UNTRACED.span("x"):
        raise KeyError
    await UNTRACED.close()


def by_name(seen: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """The last span of each name."""
    return {span.name: span for span in seen.get_finished_spans()}


async def test_a_delivery_is_received_verified_and_stored(
    tmp_path: Path, seen: InMemorySpanExporter, tracer: OtelTracer
) -> None:
    async with open_door(tmp_path, tracer=tracer) as door:
        await door.post(sign(notification(Message=json.dumps(KILLED), Subject=None)))
        spans = by_name(seen)
        received = spans["delivery received"]
        assert received.parent is None
        for inner in ("delivery verified", "delivery stored"):
            assert spans[inner].parent == received.get_span_context()
        assert received.attributes is not None
        assert received.attributes["oomguard.incident_ids"] == (1,)
        await door.post(notification(Message="forged"))
        refused = by_name(seen)["delivery verified"].status
        assert (refused.is_ok, refused.description) == (False, "Refused")


async def test_what_is_done_later_follows_for_a_while(seen: InMemorySpanExporter) -> None:
    now = [0.0]
    tracer = OtelTracer(SimpleSpanProcessor(seen), clock_s=lambda: now[0])
    with tracer.span("cause") as span:
        span.leads_to("incident 1")
    for name, follows, at in (
        ("soon", "incident 1", 599.0),
        ("late", "incident 1", 601.0),
        ("other", "x", 0.0),
    ):
        now[0] = at
        with tracer.span(name, follows=follows), tracer.span("within", follows="incident 1"):
            pass
        inner = by_name(seen)["within"]
        assert inner.parent == by_name(seen)[name].get_span_context(), "where it happens counts"
    spans = by_name(seen)
    assert spans["soon"].parent == spans["cause"].get_span_context()
    assert spans["late"].parent is None
    assert spans["other"].parent is None


async def test_of_an_exception_its_class_is_told_and_not_its_words(
    seen: InMemorySpanExporter, tracer: OtelTracer
) -> None:
    with pytest.raises(ValueError, match="secret"), tracer.span("x"):
        raise ValueError("xoxb-secret")
    [span] = seen.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "secret" not in span.to_json()


async def test_a_receiver_that_hangs_does_not_hold_up_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otel, "_LAST_WORDS_S", 0.01)
    answers = threading.Event()

    class Hanging(InMemorySpanExporter):
        def shutdown(self) -> None:
            answers.wait()

    tracer = OtelTracer(SimpleSpanProcessor(Hanging()))
    with capture_logs() as logs:
        await tracer.close()
    answers.set()
    assert [line["event"] for line in logs] == ["tracing.not_sent"]


class Receiver:
    """Takes spans as a collector does."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.service = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        asked = ExportTraceServiceRequest.FromString(body)
        for resource in asked.resource_spans:
            [self.service] = [
                one.value.string_value for one in resource.resource.attributes if one.key == "service.name"
            ]
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return web.Response(content_type="application/x-protobuf")

    def ways(self) -> list[list[str]]:
        """From each span the names up to where it all began, as far as they have come."""
        by_id, ways = {span.span_id: span for span in self.spans}, []
        for span in self.spans:
            names, at = [], span
            while at is not None:
                names.append(at.name)
                at = by_id.get(at.parent_span_id)
            ways.append(names)
        return ways


@asynccontextmanager
async def traced_bot(sandbox: Sandbox, folder: Path, receiver: str) -> AsyncIterator[str]:
    """The real bot beside a sandbox, with traces to this address; where it serves."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = sandbox.environment(port, f"sqlite:///{folder / 'oom.db'}")
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    bot = Child([sys.executable, str(APP), "serve", "--migrate"], settings | asked, verbose=True)
    await bot.start()
    try:
        await bot.ready(f"http://127.0.0.1:{port}/readyz", 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        await bot.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it, as long as a busy machine may take."""
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def test_one_trace_tells_the_way_from_a_delivery_to_slack_and_aws(tmp_path: Path) -> None:
    receiver = Receiver()
    routes = [web.post("/v1/traces", receiver.take)]
    async with serve(routes) as address, Sandbox(speed=10) as sandbox:
        async with traced_bot(sandbox, tmp_path, address) as origin:
            sandbox.subscribe(f"{origin}/sns")
            await until(lambda: all(one.confirmed for one in sandbox.world.sns.subscriptions()))
            assert (await sandbox.stage.verb("scenario", {"name": "kill"}))["ok"]
            to_slack = ["slack chat_postMessage", "notice shown", "delivery received"]
            to_aws = ["aws ecs.describe_task_definition", "investigation", "delivery received"]
            await until(lambda: to_slack in receiver.ways() and to_aws in receiver.ways())
        settings = sandbox.environment(1, "sqlite:///x")
    assert receiver.service == "oom-guard"
    told = "".join(str(span) for span in receiver.spans)
    secret = [value for name, value in settings.items() if "TOKEN" in name or "SECRET" in name]
    assert secret
    assert [value for value in secret if value in told] == []


def test_the_command_refuses_what_cannot_be_traced(tmp_path: Path) -> None:
    ended = run(tmp_path, "serve", settings=REQUIRED | {"OTEL_TRACES_EXPORTER": "zipkin"})
    assert ended.code == 1
    assert "OTEL_TRACES_EXPORTER: otlp or none" in ended.err
