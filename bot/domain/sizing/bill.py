"""Bills: what a task of another size costs a month, above or below today's."""

from bot.domain.aws.fargate import Size
from bot.domain.aws.layout import Layout
from bot.domain.aws.price import Prices, monthly
from bot.domain.aws.task_definition import TaskDefinition


def more_a_month(
    definition: TaskDefinition, layout: Layout, prices: Prices | None, count: int
) -> float | None:
    """USD a month for `count` tasks, less today's; None where tasks are not paid by size, or no rate is known."""
    if not definition.is_fargate or prices is None:
        return None
    if (
        definition.cpu is None
        or definition.memory_mib is None
        or layout.cpu is None
        or layout.task_mib is None
    ):
        return None
    then, now = (
        monthly(size, prices, count, is_arm=definition.is_arm, is_windows=definition.is_windows)
        for size in (Size(layout.cpu, layout.task_mib), Size(definition.cpu, definition.memory_mib))
    )
    return None if then is None or now is None else then - now
