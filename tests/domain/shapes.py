"""Shapes: events as AWS shapes them, with made-up names; a test says only what its story needs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 3, 1, 10, 20, tzinfo=UTC)
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/prod/0a1b2c3d4e5f60718293a4b5c6d7e8f9"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"
DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42"
OOM_TEXT = "OutOfMemoryError: Container killed due to memory usage"
BY_ITSELF: Mapping[str, Any] = {
    "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
}
BATCH_TASK = "arn:aws:ecs:eu-west-1:123456789012:task/AWSBatch-spot-1234/11112222333344445555666677778888"


def container(name: str = "app", **told: Any) -> dict[str, Any]:
    """A container of a task that has stopped."""
    return {"name": name, "lastStatus": "STOPPED", "taskArn": TASK, "cpu": "0"} | told


def task_event(*containers: Mapping[str, Any], **detail: Any) -> dict[str, Any]:
    """An "ECS Task State Change" of a service's task that has stopped; `detail` overrides its fields."""
    return {
        "version": "0",
        "id": "11111111-2222-4333-8444-555555555555",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-03-01T10:13:30Z",
        "region": "eu-west-1",
        "resources": [TASK],
        "detail": {
            "clusterArn": CLUSTER,
            "taskArn": TASK,
            "taskDefinitionArn": DEFINITION,
            "group": "service:checkout",
            "startedBy": "ecs-svc/1234567890123456789",
            "launchType": "FARGATE",
            "availabilityZone": "eu-west-1b",
            "cpu": "512",
            "memory": "1024",
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "startedAt": "2026-03-01T09:13:20.499Z",
            "executionStoppedAt": "2026-03-01T10:13:20.5Z",
            "stoppedAt": "2026-03-01T10:13:29.123Z",
            "version": 7,
            "overrides": {"containerOverrides": [{"name": part.get("name")} for part in containers]},
            "containers": list(containers),
        }
        | detail,
    }


def attempt(
    task_arn: str = BATCH_TASK, why: str = "Essential container in task exited", **told: Any
) -> dict[str, Any]:
    """One attempt of a Batch job; `told` goes into its container."""
    return {
        "container": {"taskArn": task_arn, "logStreamName": "render/default/1111", "networkInterfaces": []}
        | told,
        "startedAt": 1772359200000,
        "stoppedAt": 1772359999500,
        "statusReason": why,
    }


def job_event(*attempts: Mapping[str, Any], **detail: Any) -> dict[str, Any]:
    """A "Batch Job State Change" of a job that failed."""
    return {
        "version": "0",
        "id": "21111111-2222-4333-8444-555555555555",
        "detail-type": "Batch Job State Change",
        "source": "aws.batch",
        "account": "123456789012",
        "time": "2026-03-01T10:13:30Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:batch:eu-west-1:123456789012:job/77777777-0a82-49aa-ba5a-4727fcce14a8"],
        "detail": {
            "jobArn": "arn:aws:batch:eu-west-1:123456789012:job/77777777-0a82-49aa-ba5a-4727fcce14a8",
            "jobName": "render-frame-12",
            "jobId": "77777777-0a82-49aa-ba5a-4727fcce14a8",
            "jobQueue": "arn:aws:batch:eu-west-1:123456789012:job-queue/nightly",
            "jobDefinition": "arn:aws:batch:eu-west-1:123456789012:job-definition/render:3",
            "status": "FAILED",
            "statusReason": "Essential container in task exited",
            "attempts": list(attempts),
            "retryStrategy": {"attempts": 2},
            "createdAt": 1772359100000,
            "container": {
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/render:1",
                "resourceRequirements": [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "4096"}],
            },
            "platformCapabilities": ["EC2"],
        }
        | detail,
    }


def service_event(kind: str, **detail: Any) -> dict[str, Any]:
    """An "ECS Service Action" or "ECS Deployment State Change"."""
    return {
        "version": "0",
        "id": "31111111-2222-4333-8444-555555555555",
        "detail-type": kind,
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-03-01T10:13:30Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout"],
        "detail": {"clusterArn": CLUSTER, "createdAt": "2026-03-01T10:13:30.123Z"} | detail,
    }


def memory_alarm(state: str = "ALARM", **told: Any) -> dict[str, Any]:
    """A CloudWatch alarm as its own SNS action sends it."""
    return {
        "AlarmName": "checkout-memory",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "OldStateValue": "OK",
        "NewStateReason": "Threshold Crossed: 3 datapoints were greater than the threshold (90.0).",
        "StateChangeTime": "2026-03-01T10:13:24.006+0000",
        "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-memory",
        "Trigger": {
            "MetricName": "MemoryUtilization",
            "Namespace": "AWS/ECS",
            "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [
                {"value": "checkout", "name": "ServiceName"},
                {"value": "prod", "name": "ClusterName"},
            ],
        },
    } | told
