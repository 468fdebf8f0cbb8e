"""Settings: one option as it stands in an environment variable or in the command, and what it is to be instead."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs.raising import Raising
from bot.domain.telling.language import say
from bot.domain.telling.masking import masked

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
        if self.is_in_command:
            return say("{option} in the command", option=self.token)
        return f"{self.variable}={self.token}"


@dataclass(frozen=True, slots=True)
class Edit:
    """A setting and the value that it is to have. `why` are words with the numbers."""

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
    first, *others = edits
    return reduce(
        lambda done, edit: say("{first} and {next}", first=done, next=_next(edit)), others, _first(first)
    )


def _first(edit: Edit) -> str:
    setting = edit.setting
    if setting.is_in_command:
        return say("Change {option} to {new} in the command", option=setting.token, new=edit.token)
    if setting.token == setting.value:
        return say("Set {variable} to {new}", variable=setting.variable, new=edit.token)
    return say("Set {new} in {variable}", variable=setting.variable, new=edit.token)


def _next(edit: Edit) -> str:
    setting = edit.setting
    if setting.is_in_command:
        return say("change {option} to {new} in the command", option=setting.token, new=edit.token)
    if setting.token == setting.value:
        return say("set {variable} to {new}", variable=setting.variable, new=edit.token)
    return say("set {new} in {variable}", variable=setting.variable, new=edit.token)


def against(setting: Setting, limit_mib: int) -> str:
    """`JAVA_TOOL_OPTIONS=-Xmx1900m against limit 2,048 MiB`."""
    return say("{setting} against limit {mib:,} MiB", setting=setting.shown, mib=limit_mib)


def corrected(
    rule: str, words: str, evidence: str, edits: Sequence[Edit], otherwise: Raising | None = None
) -> Finding:
    """A finding with the corrected value, and what to do `otherwise`; either may be missing."""
    do = correction(edits) if edits else ""
    alone = say("{sentence}.", sentence=do) if do else ""
    fix = otherwise.told(do) if otherwise else alone
    paste = paste_of(edits) if edits else ""
    return Finding(rule=rule, words=words, evidence=evidence, fix=fix, paste=paste)
