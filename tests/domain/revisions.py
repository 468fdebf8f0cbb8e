"""Revisions: task definitions that say only what a story of sizes needs."""

from bot.domain.aws.task_definition import Container, TaskDefinition


def on_fargate(
    memory_mib: int | None,
    cpu: int | None,
    *containers: Container,
    is_windows: bool = False,
    is_arm: bool = False,
) -> TaskDefinition:
    """One revision on Fargate; a container `app` without a limit unless others are given."""
    return TaskDefinition(
        arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42",
        family="checkout",
        revision=42,
        containers=containers or (Container(name="app"),),
        cpu=cpu,
        memory_mib=memory_mib,
        is_fargate=True,
        is_windows=is_windows,
        is_arm=is_arm,
    )


def on_ec2(*containers: Container, memory_mib: int | None = None) -> TaskDefinition:
    """One revision on EC2."""
    return TaskDefinition(
        arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42",
        family="checkout",
        revision=42,
        containers=containers,
        memory_mib=memory_mib,
    )


def app(memory_mib: int | None = None, reservation_mib: int | None = None) -> Container:
    """The container that dies."""
    return Container(name="app", memory_mib=memory_mib, reservation_mib=reservation_mib)


def sidecar(memory_mib: int | None = None, reservation_mib: int | None = None) -> Container:
    """The one beside it."""
    return Container(name="envoy", memory_mib=memory_mib, reservation_mib=reservation_mib)
