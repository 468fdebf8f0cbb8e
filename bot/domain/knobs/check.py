"""The check: what a container's runtime settings say against its limit, before or after a kill."""

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import (
    arenas,
    dotnet,
    go,
    jvm,
    memory_file,
    node,
    php,
    platform,
    redis,
    search_engine,
    workers,
)
from bot.domain.knobs.box import Box

RULES = (
    jvm.findings,
    search_engine.findings,
    node.findings,
    go.findings,
    dotnet.findings,
    workers.findings,
    php.findings,
    redis.findings,
    memory_file.findings,
    arenas.findings,
)


def findings(definition: TaskDefinition, container: str, limit_mib: int | None) -> tuple[Finding, ...]:
    """What is wrong with the named container's settings; () where nothing shows it.

    `limit_mib` is the limit in force: the container's, else the task's; None where there is none, and then only what
    needs no limit is told. The rules are those of facts/sizing.md §2.3. Only a knob's own words are ever shown.
    """
    found = definition.container(container)
    if found is None:
        return ()
    told = list(platform.findings(definition, found))
    if limit_mib is not None and limit_mib > 0:
        box = Box(found, limit_mib)
        told += [finding for rule in RULES for finding in rule(box)]
    return tuple(told)
