"""Assess: which kind of event this is, and the verdict that its rules give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.aws.event import Event
from bot.domain.aws.field import LONGEST_LIST, Fields, each, fields
from bot.domain.kills.alarm import Alarm, assess_alarm
from bot.domain.kills.batch_job import BatchJob, assess_job
from bot.domain.kills.death import Assessment
from bot.domain.kills.drill import passage_of
from bot.domain.kills.service_action import assess_service
from bot.domain.kills.task_state import TaskState
from bot.domain.kills.task_verdict import assess_task
from bot.domain.kills.verdict import Verdict

TASK_MARKS = {"containers", "lastStatus", "stopCode", "stoppedReason"}
JOB_MARKS = {"jobId", "jobArn", "jobName", "jobDefinition", "attempts"}
TEST = "A test of the whole path, and no incident"
NO_EVENT = "The JSON is no event of ECS, Batch or CloudWatch"


def assess(event: object, now: datetime) -> Assessment:
    """The verdict on decoded JSON of any shape. Never raises.

    Takes events of EventBridge with or without their envelope, CloudWatch's alarm JSON, answers of DescribeTasks
    and DescribeJobs, and lists of all these.
    """
    if isinstance(event, list | tuple):
        # No deeper: a list in a list is nothing that AWS sends.
        inner = [_assess_one(item, now) for item in event[:LONGEST_LIST] if isinstance(item, Mapping)]
        return worst_of(inner) if inner else _unknown("The JSON is a list without an event in it")
    if not isinstance(event, Mapping):
        return _unknown(f"The JSON is no event but a {type(event).__name__}")
    return _assess_one(event, now)


def worst_of(assessments: Sequence[Assessment]) -> Assessment:
    """Several assessments (at least one) as one: the worst verdict and its reason, with the deaths of all."""
    worst = min(assessments, key=lambda one: one.verdict.severity)
    return Assessment(
        verdict=worst.verdict,
        why=worst.why,
        deaths=tuple(death for one in assessments for death in one.deaths),
        alarms=tuple(alarm for one in assessments for alarm in one.alarms),
        lookup_task_arns=tuple(dict.fromkeys(arn for one in assessments for arn in one.lookup_task_arns)),
        account=next((one.account for one in assessments if one.account), ""),
        is_known=any(one.is_known for one in assessments),
        passage=next((one.passage for one in assessments if one.passage), None),
    )


def _assess_one(source: Fields, now: datetime) -> Assessment:
    if "AlarmName" in source:
        return assess_alarm(Alarm.read_sns(source), now)
    event = Event.read(source)
    if passage := passage_of(event):
        return replace(_nothing(TEST), passage=passage, account=event.account)
    if event.detail_type:
        return replace(_assess_typed(event, now), account=event.account)
    for plural in ("tasks", "jobs"):
        found = each(source, plural)
        if found:
            return worst_of([_assess_detail(Event(detail=item), now) for item in found])
    return _assess_detail(event, now)


def _assess_typed(event: Event, now: datetime) -> Assessment:
    kind = event.detail_type.lower()
    if not event:
        return _nothing(f'The event "{event.detail_type}" has no detail')
    if kind == "ecs task state change":
        return assess_task(TaskState.read(event), now)
    if kind == "batch job state change":
        return assess_job(BatchJob.read(event), now)
    if kind in {"ecs service action", "ecs deployment state change"}:
        return assess_service(event, now)
    if kind == "cloudwatch alarm state change":
        return assess_alarm(Alarm.read_event(event), now)
    return _nothing(f'An event "{event.detail_type}" tells of no container that ended')


def _assess_detail(event: Event, now: datetime) -> Assessment:
    """An event that lost its envelope, known by the fields of its detail."""
    keys = event.detail.keys()
    if keys & JOB_MARKS or fields(event.detail, "container"):
        return assess_job(BatchJob.read(event), now)
    if keys & TASK_MARKS:
        return assess_task(TaskState.read(event), now)
    return _unknown(NO_EVENT)


def _nothing(why: str) -> Assessment:
    return Assessment(verdict=Verdict.NONE, why=why)


def _unknown(why: str) -> Assessment:
    return Assessment(verdict=Verdict.NONE, why=why, is_known=False)
