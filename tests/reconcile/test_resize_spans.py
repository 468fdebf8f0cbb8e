"""Resizes as spans: each step with the calls to AWS that it makes, for who switched tracing on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.aws.accounts import Accounts
from bot.aws.traced_calls import TracedCalls
from bot.domain.resize.resize import ResizePhase
from bot.tracing.otel import OtelTracer
from sandbox.aws.arns import REGION
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import Workshop, service


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_the_steps_of_a_resize_have_their_calls_within(aws: Cloud) -> None:
    seen = InMemorySpanExporter()
    tracer = OtelTracer(SimpleSpanProcessor(seen))
    with ThreadPoolExecutor(4) as pool:
        aws.calls = TracedCalls(tracer, pool, Accounts(home_region=REGION))
        aws.stage.bench = replace(aws.stage.bench, tracer=tracer)
        shop = Workshop(aws=aws)
        resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
        await shop.to(resize_id, ResizePhase.WATCHING)
    spans = seen.get_finished_spans()
    steps = [span for span in spans if span.name == "resize step"]
    done = [
        (str((step.attributes or {})["oomguard.step"]), span.name)
        for step in steps
        for span in spans
        if span.parent == step.get_span_context()
    ]
    assert ("Register", "aws ecs.register_task_definition") in done
    assert ("MoveService", "aws ecs.update_service") in done
