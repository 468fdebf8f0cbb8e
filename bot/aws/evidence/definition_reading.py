"""Reading task definitions: DescribeTaskDefinition's answer as the parts that decide about memory."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.aws.task_definition import KNOB_VARIABLES, Container, LogRoute, TaskDefinition

_LONGEST_VALUE = 4000  # characters of a knob or of one word of a command
_MOST_WORDS = 200


def read(given: Mapping[str, Any], tags: Mapping[str, str] | None = None) -> TaskDefinition:
    """The revision. Values of environment variables are dropped here, but for those that set memory."""
    platform = given.get("runtimePlatform") or {}
    return TaskDefinition(
        arn=str(given.get("taskDefinitionArn", "")),
        family=str(given.get("family", "")),
        revision=int(given.get("revision") or 0),
        containers=tuple(_container(one) for one in given.get("containerDefinitions") or ()),
        cpu=_whole(given.get("cpu")),
        memory_mib=_whole(given.get("memory")),
        is_fargate="FARGATE" in (given.get("requiresCompatibilities") or ()),
        is_windows=str(platform.get("operatingSystemFamily", "")).startswith("WINDOWS"),
        is_arm=platform.get("cpuArchitecture") == "ARM64",
        registered_at=_moment(given.get("registeredAt")),
        registered_by=str(given.get("registeredBy", "")),
        tags=tags or {},
    )


def _container(given: Mapping[str, Any]) -> Container:
    linux = given.get("linuxParameters") or {}
    variables = {
        str(one.get("name", "")): str(one.get("value", "")) for one in given.get("environment") or ()
    }
    secrets = {str(one.get("name", "")) for one in given.get("secrets") or ()}
    tmpfs = [_whole(one.get("size")) or 0 for one in linux.get("tmpfs") or ()]
    return Container(
        name=str(given.get("name", "")),
        image=str(given.get("image", "")),
        is_essential=given.get("essential") is not False,
        memory_mib=_whole(given.get("memory")) or None,
        reservation_mib=_whole(given.get("memoryReservation")) or None,
        command=_words(given.get("command")),
        entry_point=_words(given.get("entryPoint")),
        knobs=_knobs(variables),
        variables=frozenset(variables) | secrets,
        shared_memory_mib=_whole(linux.get("sharedMemorySize")),
        tmpfs_mib=sum(tmpfs) or None,
        max_swap_mib=_whole(linux.get("maxSwap")),
        restarts=bool((given.get("restartPolicy") or {}).get("enabled")),
        log=_log(given.get("logConfiguration")),
    )


def _knobs(variables: Mapping[str, str]) -> dict[str, str]:
    """Without those that are too long: of a value that was cut the part that counts may be gone."""
    return {
        name: value
        for name, value in variables.items()
        if name in KNOB_VARIABLES and len(value) <= _LONGEST_VALUE
    }


def _log(given: Mapping[str, Any] | None) -> LogRoute | None:
    if not given:
        return None
    options = given.get("options") or {}
    return LogRoute(
        driver=str(given.get("logDriver", "")),
        group=str(options.get("awslogs-group", "")),
        region=str(options.get("awslogs-region", "")),
        stream_prefix=str(options.get("awslogs-stream-prefix", "")),
    )


def _words(given: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(str(word)[:_LONGEST_VALUE] for word in (given or ())[:_MOST_WORDS])


def _whole(value: object) -> int | None:
    """ECS gives sizes of tasks as texts, those of containers as numbers."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _moment(value: object) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None
