"""A Batch job's kill from its event to its alert: what it was, and the button with the size that the form then offers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.domain.resize.resize import ResizePhase
from bot.reconcile.examiner import Examiner
from bot.reconcile.investigations import Investigations
from sandbox.aws.batch import job_changed
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import Workshop, job
from tests.reconcile.test_resizes import ONE_STORE
from tests.slack.block_kit import texts


@pytest.fixture
def shop(aws: Cloud) -> Workshop:
    """Resizes, planned and carried out."""
    return Workshop(aws=aws)


@ONE_STORE
async def test_the_alert_of_a_batch_job_offers_its_size(aws: Cloud) -> None:
    stage, clock = aws.stage, aws.stage.clock
    job = aws.world.batch.fail(aws.world.job_definitions.newest("genome-align"))
    await aws.tell(json.dumps(job_changed(job, aws.world.clock.now())))
    collector = Collector(aws.calls, Insights(4, sleep=clock.sleep), clock=clock, history=timedelta(hours=24))
    examiner = Examiner(stage.db, PriceList(aws.calls, clock=clock), clock=clock)
    reconciler = Investigations(stage.bench, collector, examiner.examine, at_once=4)
    while await reconciler.one_pass() is True:
        pass
    await stage.passes(after=60)
    shown = [text for one in stage.messages() for text in (*texts(one.blocks), *texts(one.attachments))]
    assert any("15,000 → 21,312 MiB: enough in 7 of 10" in text for text in shown)
    assert any(
        "Resize to 21,312 MiB…" in json.dumps(one.attachments, ensure_ascii=False) for one in stage.messages()
    )


def sized(mib: int, **more: Any) -> dict[str, Any]:
    """The properties of a container."""
    sizes = [{"type": "MEMORY", "value": str(mib)}, {"type": "VCPU", "value": "1"}]
    return {"image": "etl:1", "resourceRequirements": sizes} | more


OF_TWO = {
    "ecsProperties": {"taskProperties": [{"containers": [sized(1000, name="load"), sized(256, name="ship")]}]}
}
OF_OLD = {"containerProperties": {"image": "etl:1", "memory": 1000, "vcpus": 1}}


@ONE_STORE
@pytest.mark.parametrize(
    ("properties", "container", "sizes"),
    [
        pytest.param(OF_TWO, "load", {"load": 1472, "ship": 256}, id="one of two containers"),
        pytest.param(OF_OLD, "default", {"default": 1472}, id="a size in a deprecated member"),
    ],
)
async def test_a_size_is_changed_where_the_definition_has_it(
    shop: Workshop, properties: dict[str, Any], container: str, sizes: dict[str, int]
) -> None:
    shop.aws.world.job_definitions.register({"jobDefinitionName": "etl", "type": "container"} | properties)
    plan = await shop.plan(job("etl"), container, "1472M")
    assert plan.can_be_done, plan.refusals
    done = await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    assert done.status.new_revision_arn.endswith("job-definition/etl:2")
    found = (await shop.facts(job("etl"))).definition
    assert {one.name: one.memory_mib for one in found.containers} == sizes
