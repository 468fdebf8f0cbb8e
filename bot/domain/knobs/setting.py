"""Settings: one option as it stands in an environment variable or in the command, and what it is to be instead."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.diagnosis import Finding
from bot.domain.masking import masked
from bot.domain.task_definition import Container

COMMAND = ""  # stands for the command and entry point where a variable's name is asked for


@dataclass(frozen=True, slots=True)
class Setting:
    """One occurrence. `text` is the variable's whole value (or the command) and may hold secrets: show `token` only."""

    variable: str
    text: str = field(repr=False)
    token: str
    value: str
    start: int  # of the value within `text`

    @property
    def is_in_command(self) -> bool:
        """Whether no environment variable holds it."""
        return self.variable == COMMAND

    @property
    def shown(self) -> str:
        """`JAVA_TOOL_OPTIONS=-Xmx1900m`, or `-Xmx1900m in the command`."""
        return f"{self.token} in the command" if self.is_in_command else f"{self.variable}={self.token}"


@dataclass(frozen=True, slots=True)
class Edit:
    """A setting and the value that it is to have. `why` is a sentence with the numbers."""

    setting: Setting
    value: str
    why: str = ""

    @property
    def token(self) -> str:
        """The option with its new value."""
        head, _, tail = self.setting.token.rpartition(self.setting.value)
        return f"{head}{self.value}{tail}"


def command_of(container: Container) -> str:
    """Entry point and command as one text; for looking into, never for showing."""
    return " ".join((*container.entry_point, *container.command))


def text_of(container: Container, variable: str) -> str | None:
    """What the variable (or the command) holds; None where it is set from a secret, so that nobody can know."""
    if variable == COMMAND:
        return command_of(container)
    if variable in container.variables and variable not in container.knobs:
        return None
    return container.knobs.get(variable, "")


def all_in(variable: str, text: str, pattern: re.Pattern[str]) -> tuple[Setting, ...]:
    """Every occurrence of the pattern, whose group `value` is the option's value, in the order of the text."""
    return tuple(
        Setting(variable, text, found[0].strip(), found["value"], found.start("value"))
        for found in pattern.finditer(text)
    )


def effective(
    container: Container,
    variables: Sequence[str],
    pattern: re.Pattern[str],
    counts: Callable[[Setting], bool] = lambda _: True,
) -> Setting | None:
    """The occurrence that counts: the last one in the strongest variable. `variables` are weakest first.

    None where there is none, or where a stronger variable is hidden in a secret.
    """
    for variable in reversed(variables):
        text = text_of(container, variable)
        if text is None:
            return None
        if found := [one for one in all_in(variable, text, pattern) if counts(one)]:
            return found[-1]
    return None


def edited(edits: Sequence[Edit]) -> str:
    """The whole text with all edits of one variable made; every other character stays."""
    text = edits[0].setting.text
    for edit in sorted(edits, key=lambda one: one.setting.start, reverse=True):
        end = edit.setting.start + len(edit.setting.value)
        text = f"{text[: edit.setting.start]}{edit.value}{text[end:]}"
    return text


def paste_of(edits: Sequence[Edit]) -> str:
    """What to paste: the variable's whole new value; only the option where the rest is a command or holds a secret."""
    first = edits[0]
    same = [edit for edit in edits if edit.setting.variable == first.setting.variable]
    whole = edited(same)
    if first.setting.is_in_command or masked(whole) != whole:
        return " ".join(edit.token for edit in same)
    return whole


def correction(edits: Sequence[Edit]) -> str:
    """What to do, as a sentence without its full stop."""
    told = " and ".join(_told(edit) for edit in edits)
    return f"{told[:1].upper()}{told[1:]}"


def _told(edit: Edit) -> str:
    setting = edit.setting
    if setting.is_in_command:
        return f"change {setting.token} to {edit.token} in the command"
    if setting.token == setting.value:
        return f"set {setting.variable} to {edit.token}"
    return f"set {edit.token} in {setting.variable}"


def against(setting: Setting, limit_mib: int) -> str:
    """`JAVA_TOOL_OPTIONS=-Xmx1900m against limit 2,048 MiB`."""
    return f"{setting.shown} against limit {limit_mib:,} MiB"


def corrected(rule: str, words: str, evidence: str, edits: Sequence[Edit], otherwise: str = "") -> Finding:
    """A finding with the corrected value; with what to do `otherwise`, alone where there are no edits."""
    if not edits:
        return Finding(
            rule=rule, words=words, evidence=evidence, fix=f"{otherwise[:1].upper()}{otherwise[1:]}."
        )
    fix = f"{correction(edits)}, or {otherwise}." if otherwise else f"{correction(edits)}."
    return Finding(rule=rule, words=words, evidence=evidence, fix=fix, paste=paste_of(edits))
