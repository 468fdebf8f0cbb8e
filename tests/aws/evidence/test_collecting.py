"""Collecting: everything at once from the sandbox's AWS, and what each source's trouble leaves of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.aws.calls import Calls
from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.domain.diagnosis.evidence import Source
from bot.domain.diagnosis.series import SeriesSource
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from sandbox.aws import scenarios
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.errors import AwsError
from tests.aws.evidence.conftest import Inquiry
from tests.slack.incidents import NOON

OFF = AwsError("ResourceNotFoundException", "The specified log group does not exist.")


async def test_a_killed_service_is_told_whole(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    collected = await inquiry.on(death)
    found = collected.evidence
    assert found.gaps == ()
    assert found.deaths == (death,)
    assert found.definition is not None
    assert (found.definition.family, found.definition.memory_mib) == ("checkout-api", 1024)
    assert found.previous is None, "revision 1 is the first"
    assert found.series is not None
    assert found.series.source is SeriesSource.CONTAINER_INSIGHTS
    assert len(found.series.samples) > 150
    assert (found.series.ended_at, found.series.was_killed) == (death.died_at, True)
    assert [one.was_killed for one in found.earlier] == [False], "its sibling, which lives"
    assert [line.text for line in found.log_lines][-1:] != []
    assert found.image is not None
    assert found.image.has_moved is False
    assert found.service is not None
    assert (found.service.desired_count, found.service.scales_on_memory) == (2, True)
    assert found.service.deployed_at is not None
    assert collected.deployed == (found.service.deployed_at,)
    assert not collected.may_grow


SOURCES = {
    "ecs:DescribeTaskDefinition": Source.DEFINITION,
    "ecs:DescribeServices": Source.SERVICE,
    "ecs:ListServiceDeployments": Source.PREVIOUS,
    "logs:StartQuery": Source.SERIES,
    "logs:GetQueryResults": Source.SERIES,
    "logs:GetLogEvents": Source.LOGS,
    "ecr:DescribeImages": Source.IMAGES,
    "application-autoscaling:DescribeScalingPolicies": Source.SCALING,
    "cloudformation:DescribeStackResources": Source.OWNER,
}


async def test_a_missing_permission_is_named_and_costs_one_source(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    told = {}
    for action in SOURCES:
        inquiry.anew()
        inquiry.world.faults.clear()
        inquiry.world.faults.deny(action)
        collected = await inquiry.on(death)
        assert not collected.may_grow, "asking again in two minutes gives nobody a permission"
        told[action] = [(gap.source, gap.permission, gap.why) for gap in collected.evidence.gaps]
    assert told == {
        action: [(source, action, f"not allowed: the role needs {action}")]
        for action, source in SOURCES.items()
    }


async def test_without_any_permission_there_is_still_the_death(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.world.faults.deny("*")
    found = (await inquiry.on(death)).evidence
    assert (found.definition, found.series, found.service, found.log_lines) == (None, None, None, ())
    assert {Source.DEFINITION, Source.SERIES, Source.SERVICE, Source.IMAGES} <= {
        gap.source for gap in found.gaps
    }


async def test_a_throttled_source_may_tell_later(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.world.faults.throttle("ecr:DescribeImages")
    collected = await inquiry.on(death)
    assert [gap.source for gap in collected.evidence.gaps] == [Source.IMAGES]
    assert "ThrottlingException" in collected.evidence.gaps[0].why
    assert collected.may_grow
    assert collected.evidence.series is not None


async def test_an_account_that_hangs_is_given_up(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.limit_s = 0.2
    inquiry.anew()
    inquiry.world.faults.hang(ACCOUNT)
    collected = await inquiry.on(death)
    inquiry.world.faults.hanging[ACCOUNT].set()
    while inquiry.calls._under_way:  # or their threads would wait for a server that is gone
        await asyncio.wait(inquiry.calls._under_way)
    assert collected.may_grow
    whys = {gap.source: gap.why for gap in collected.evidence.gaps}
    assert whys[Source.DEFINITION] == "AWS did not answer within 0.2 s"
    assert whys[Source.SERIES] == "Logs Insights gave no answer within 0.2 s"


async def test_an_account_without_a_role_is_told_once(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    elsewhere = replace(death, group_key=replace(death.group_key, account="666666666666"))
    gaps = await inquiry.gaps(elsewhere)
    assert [permission for _, permission in gaps.values()] == ["sts:AssumeRole"]


async def test_without_container_insights_the_services_metric_stands_in(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.world.faults.ordered["logs:StartQuery"] = (OFF, -1)
    found = (await inquiry.on(death)).evidence
    assert found.series is not None
    assert found.series.source in (SeriesSource.SERVICE_MAXIMUM, SeriesSource.ENHANCED)
    assert 300 < (found.series.peak_mib or 0) < 1100
    assert [gap.why for gap in found.gaps] == ["Container Insights is off in cluster prod"]


async def test_no_data_is_never_no_problem(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    unheard_of = replace(death, task_arn=f"{death.task_arn[:-32]}{'0' * 32}")
    unheard_of = replace(unheard_of, group_key=replace(death.group_key, name="gone"))
    collected = await inquiry.on(unheard_of)
    whys = {gap.source: gap.why for gap in collected.evidence.gaps}
    assert collected.evidence.series is None
    assert "proves nothing" in whys[Source.SERIES]
    assert collected.may_grow, "records come minutes late"


async def test_with_insights_switched_off_nothing_is_queried(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.queries_at_once = 0
    inquiry.anew()
    inquiry.world.faults.deny("logs:StartQuery")
    gaps = await inquiry.gaps(death)
    assert gaps[Source.SERIES] == ("Logs Insights is switched off in OOM Guard's settings", "")


@pytest.mark.parametrize(
    "task_id",
    [
        pytest.param('x" or TaskId like /./ | limit 1000 #aaaaaaaaaaa', id="an injection"),
        pytest.param("not-a-task", id="no id at all"),
    ],
)
async def test_no_foreign_text_gets_into_a_query(inquiry: Inquiry, task_id: str) -> None:
    death = await inquiry.kill()
    odd = replace(death, task_arn=death.task_arn[:-32] + task_id.replace(" ", "_"))
    inquiry.begin()
    await inquiry.on(odd)
    assert not [text for text in inquiry.queries() if "or_TaskId" in text or "not-a-task" in text]


async def test_a_sidecar_is_told_with_the_others(inquiry: Inquiry) -> None:
    death = await inquiry.kill(scenarios.sidecar)
    found = (await inquiry.on(death)).evidence
    assert found.series is not None
    assert (found.series.of, found.series.limit_mib) == ("container log-router", 128)
    assert [one.of for one in found.others] == ["container resizer"]


async def test_a_tag_that_was_pushed_over_has_moved(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.world.ecs.registry.push(death.image)
    image = (await inquiry.on(death)).evidence.image
    assert image is not None
    assert image.has_moved
    assert image.tag_digest != image.running_digest == death.image_digest


async def test_a_scheduled_task_has_no_service_and_misses_none(inquiry: Inquiry) -> None:
    scenarios.scheduled(inquiry.world)
    inquiry.world.ecs.advance(3600)
    death = await inquiry.kill(lambda _: None)
    assert death.group_key.kind is OwnerKind.FAMILY
    found = (await inquiry.on(death)).evidence
    assert found.service is None
    assert not {gap.source for gap in found.gaps} & {
        Source.SERVICE,
        Source.SCALING,
        Source.OWNER,
        Source.PREVIOUS,
    }


async def test_a_memory_warning_is_looked_into_by_its_service(inquiry: Inquiry) -> None:
    key = GroupKey(ACCOUNT, "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api", "")
    killed = await inquiry.kill()
    warning = Death(
        group_key=key,
        task_arn="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:memory#now",
        container="",
        verdict=Verdict.MEMORY_WARNING,
        confidence=killed.confidence,
        reason="Alarm memory went off",
        died_at=inquiry.clock.now(),
    )
    found = (await inquiry.on(warning)).evidence
    assert found.definition is not None
    assert found.series is not None
    assert found.series.source is SeriesSource.SERVICE_MAXIMUM
    assert not found.series.was_killed
    assert found.gaps == ()


async def test_the_incidents_of_one_service_share_what_they_ask(inquiry: Inquiry) -> None:
    deaths = [await inquiry.kill(), await inquiry.kill()]
    inquiry.begin()
    await asyncio.gather(*(inquiry.on(death) for death in deaths))
    shared = ("ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListServiceDeployments")
    assert [inquiry.asked(action) for action in shared] == [1, 1, 1]
    assert inquiry.asked("logs:GetLogEvents") == 2, "each has a log of its own"


async def test_a_late_record_is_waited_for(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    late = replace(death, died_at=death.died_at + timedelta(minutes=6))
    assert (await inquiry.on(late)).may_grow


async def test_a_process_that_ends_before_it_was_ready_says_why_and_goes_on() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    collector = Collector(Calls(pool), Insights(1), clock=lambda: NOON, history=timedelta(0))
    with capture_logs() as logs:
        await collector.make_ready(REGION)
    assert [one["event"] for one in logs] == ["evidence.not_made_ready"]
    assert "after shutdown" in logs[0]["error"]
