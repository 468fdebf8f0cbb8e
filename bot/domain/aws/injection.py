"""Injection: containers that AWS puts into a task, which no task definition names."""

_FEATURES = {"aws-guardduty-agent-": "GuardDuty", "ecs-service-connect-": "Service Connect"}


def injected_by(container: str) -> str:
    """The AWS feature that put this container into the task; "" for a container of the task definition."""
    name = container.lower()
    return next((feature for prefix, feature in _FEATURES.items() if name.startswith(prefix)), "")
