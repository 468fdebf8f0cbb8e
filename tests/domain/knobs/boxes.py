"""Boxes for tests: one container in one revision."""

from typing import Any

from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import check


def container(command: str = "", **facts: Any) -> Container:
    """A container; `command` is split at blanks, upper-case facts are environment variables."""
    knobs = {name: facts.pop(name) for name in list(facts) if name not in Container.__dataclass_fields__}
    variables = frozenset(facts.pop("variables", ())) | frozenset(knobs)
    return Container(name="app", command=tuple(command.split()), knobs=knobs, variables=variables, **facts)


def definition(of: Container, **facts: Any) -> TaskDefinition:
    """A revision with that one container."""
    return TaskDefinition(arn="arn:x", family="shop", revision=7, containers=(of,), **facts)


def found(of: Container, limit_mib: int | None, **facts: Any) -> tuple[Finding, ...]:
    """What the check says of it."""
    return check.findings(definition(of, **facts), "app", limit_mib)


def one(of: Container, limit_mib: int) -> Finding:
    """The only finding."""
    (finding,) = found(of, limit_mib)
    return finding


def is_short(finding: Finding) -> bool:
    """Whether its texts are a sentence each that a phone shows whole."""
    return all(text.endswith(".") and len(text) <= 140 for text in (finding.words, finding.fix))
