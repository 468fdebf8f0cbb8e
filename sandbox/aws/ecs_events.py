"""ECS's events, in the envelope that EventBridge puts round them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.tasks import Task

Event = dict[str, Any]


def task_changed(task: Task, now: datetime) -> Event:
    """An "ECS Task State Change": the task as it is, moments as ISO text with the fraction as it falls."""
    detail = {
        key: _iso(value) if isinstance(value, datetime) else value for key, value in task.detail().items()
    }
    return event("ECS Task State Change", task.arn, detail | {"updatedAt": _iso(now)}, now)


def deployment_changed(service_arn: str, deployment_id: str, name: str, reason: str, now: datetime) -> Event:
    """An "ECS Deployment State Change"; only the reason tells a rollback from a beginning."""
    kind = "ERROR" if name.endswith("FAILED") else "INFO"
    detail = {"eventType": kind, "eventName": name, "deploymentId": deployment_id, "reason": reason}
    return event("ECS Deployment State Change", service_arn, detail | {"updatedAt": _iso(now)}, now)


def service_acted(place: tuple[str, str], name: str, kind: str, reason: str, now: datetime) -> Event:
    """An "ECS Service Action", such as SERVICE_STEADY_STATE; `place` is the ARNs of service and cluster."""
    detail = {"eventType": kind, "eventName": name, "clusterArn": place[1], "createdAt": _iso(now)}
    return event("ECS Service Action", place[0], detail | ({"reason": reason} if reason else {}), now)


def event(kind: str, resource: str, detail: dict[str, Any], now: datetime, source: str = "aws.ecs") -> Event:
    """An event of any kind in its envelope."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [resource],
        "detail": detail,
    }


def _iso(moment: datetime) -> str:
    """As ECS prints moments: milliseconds without their last zeros."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{moment.microsecond // 1000:03d}"
    return text.rstrip("0").rstrip(".") + "Z"
