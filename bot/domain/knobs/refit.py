"""Refitting: fixed runtime settings grow and shrink with the limit, or a larger limit changes nothing."""

from itertools import groupby

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding, KnobChange
from bot.domain.knobs import dotnet, go, jvm, node, redis, search_engine
from bot.domain.knobs.setting import Edit, correction, edited, paste_of
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses

FITTERS = (jvm.fit, search_engine.fit, node.fit, go.fit, dotnet.fit, redis.fit)


def changes(container: Container, new_limit_mib: int) -> tuple[KnobChange, ...]:
    """The environment variables whose fixed settings must change with this limit (MiB), each with its whole new value.

    All other characters of a value stay. Percentages scale by themselves, what cannot be read or does not count is
    left alone, and so is the command: see `by_hand`. `old` and `new` may hold secrets: `why` is what to show.
    """
    told = []
    for variable, edits in _by_variable(container, new_limit_mib):
        if variable:
            told.append(
                KnobChange(
                    variable=variable,
                    old=edits[0].setting.text,
                    new=edited(edits),
                    why=clauses(say("{what}: {words}", what=_shown(edit), words=edit.why) for edit in edits),
                    shown=_shown(edits[0]),
                )
            )
    return tuple(told)


def by_hand(container: Container, new_limit_mib: int) -> tuple[Finding, ...]:
    """The fixed settings in the command, which no change of a variable reaches: what to change there."""
    return tuple(
        Finding(
            rule="knob.in_command",
            words=say("{option} in the command does not grow with the limit.", option=edits[0].setting.token),
            evidence=edits[0].setting.shown,
            fix=say("{sentence}.", sentence=correction(edits)),
            paste=paste_of(edits),
        )
        for variable, edits in _by_variable(container, new_limit_mib)
        if not variable
    )


def _by_variable(container: Container, limit_mib: int) -> list[tuple[str, list[Edit]]]:
    if limit_mib <= 0:
        return []
    edits = [edit for fit in FITTERS for edit in fit(container, limit_mib)]
    edits.sort(key=lambda edit: edit.setting.variable)
    return [
        (variable, list(same)) for variable, same in groupby(edits, key=lambda edit: edit.setting.variable)
    ]


def _shown(edit: Edit) -> str:
    return f"{edit.setting.token} → {edit.token}"
