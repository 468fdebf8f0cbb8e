"""Log lines of reconcilers say which incident, notice or resize they are about."""

import pytest
import structlog
from structlog.testing import capture_logs

from bot.domain.resize.resize import ResizePhase
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import Workshop, service
from tests.reconcile.scene import Scene

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def test_a_notice_and_its_incident(stage: Scene) -> None:
    await stage.kill("task-1")
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await stage.passes()
    shown = [line for line in lines if line["event"] == "notice.shown"]
    assert shown
    assert all(line["incident_id"] == 1 and line["notice_id"] == 1 for line in shown)


async def test_a_resize(aws: Cloud) -> None:
    shop = Workshop(aws=aws)
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await shop.to(resize_id, ResizePhase.WATCHING)
    assert {line["resize_id"] for line in lines if line["event"].startswith("resize.")} == {resize_id}
