"""A Batch job's kill from its event to its alert: what it was, and the button with the size that the form then offers."""

import json
from datetime import timedelta

from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.reconcile.examiner import Examiner
from bot.reconcile.investigations import Investigations
from sandbox.aws.batch import job_changed
from tests.reconcile.cloud import Cloud
from tests.reconcile.test_resizes import ONE_STORE
from tests.slack.block_kit import texts


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
