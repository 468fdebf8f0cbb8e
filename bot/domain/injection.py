"""Injection: containers that AWS puts into a task, which no task definition names."""

FEATURES = {"aws-guardduty-agent": "GuardDuty", "ecs-service-connect": "Service Connect"}


def injected_by(container: str) -> str:
    """The AWS feature that put this container into the task; "" for a container of the task definition."""
    return next((feature for prefix, feature in FEATURES.items() if container.startswith(prefix)), "")
