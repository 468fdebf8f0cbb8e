"""Node.js knobs: the JavaScript heap's cap against the limit."""

import math
import re
from collections.abc import Iterator

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, all_in, corrected, effective, text_of
from bot.domain.telling.language import say

VARIABLES = ("NODE_OPTIONS", COMMAND)
CAP = re.compile(r"(?<![\w-])--max[-_]old[-_]space[-_]size[= ](?P<value>\d{1,9})\b", re.ASCII)
PERCENT = re.compile(
    r"(?<![\w-])--max[-_]old[-_]space[-_]size[-_]percentage[= ](?P<value>\d{1,3})\b", re.ASCII
)
SCRIPT = re.compile(r"\bnode\s+[^\s-]\S*\.[cm]?js\s", re.ASCII)
SHARE = 0.75  # buffers live outside the cap
DEFAULT_MIB = 259  # measured with Node 20 in 256 MiB: it does not go below that


def findings(box: Box) -> Iterator[Finding]:
    """A cap above 0.75 of the limit, one that Node never sees, and Node's own cap where the limit is tiny."""
    setting, share = _cap(box.container), effective(box.container, VARIABLES, PERCENT, _is_read)
    limit = box.limit_mib
    yield from _after_the_script(box)
    if setting is not None and int(setting.value) > SHARE * limit:
        words = say(
            "The JavaScript heap may grow to {mib:,} MiB of {limit:,} MiB.",
            mib=int(setting.value),
            limit=limit,
        )
        need = math.ceil(int(setting.value) / SHARE)
        fitted = fit(box.container, limit)
        yield corrected("knob.node.heap", words, against(setting, limit), fitted, raising.to_at_least(need))
    elif setting is None and share is not None and int(share.value) > 100 * SHARE:
        words = say(
            "The JavaScript heap may take {percent} % of the limit: too little is left for buffers.",
            percent=share.value,
        )
        yield corrected("knob.node.heap", words, against(share, limit), (Edit(share, "75"),))
    elif setting is None and share is None:
        yield from _default(box)


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """The cap at 0.75 of this limit."""
    setting = _cap(container)
    mib = math.floor(SHARE * limit_mib)
    if setting is None or int(setting.value) in (0, mib):
        return ()
    return (Edit(setting, str(mib), say("the JavaScript heap at 75 % of {limit:,} MiB", limit=limit_mib)),)


def _cap(container: Container) -> Setting | None:
    return effective(container, VARIABLES, CAP, _is_read)


def _default(box: Box) -> Iterator[Finding]:
    is_known = all(text_of(box.container, variable) is not None for variable in VARIABLES)
    if not is_known or not box.runs("node") or SHARE * box.limit_mib >= DEFAULT_MIB:
        return
    cap = math.floor(SHARE * box.limit_mib)
    yield Finding(
        rule="knob.node.default",
        words=say(
            "Node's own heap cap is about {cap} MiB: too much for a limit of {limit:,} MiB.",
            cap=DEFAULT_MIB,
            limit=box.limit_mib,
        ),
        evidence=say(
            "it runs {program} without {option} against limit {mib:,} MiB",
            program="node",
            option="--max-old-space-size",
            mib=box.limit_mib,
        ),
        fix=say("Add {option} to {variable}.", option=f"--max-old-space-size={cap}", variable="NODE_OPTIONS"),
        paste=f"{box.container.knobs.get('NODE_OPTIONS', '')} --max-old-space-size={cap}".strip(),
    )


def _after_the_script(box: Box) -> Iterator[Finding]:
    late = [one for one in all_in(COMMAND, text_of(box.container, COMMAND) or "", CAP) if not _is_read(one)]
    for setting in late[:1]:
        yield Finding(
            rule="knob.node.ignored",
            words=say("Node does not see {option}: it stands after the script.", option=setting.token),
            evidence=setting.shown,
            fix=say("Put {option} before the script in the command.", option=setting.token),
        )


def _is_read(setting: Setting) -> bool:
    """Whether Node reads the option: what stands after the script in the command is the script's."""
    script = SCRIPT.search(setting.text) if setting.is_in_command else None
    return script is None or setting.start < script.end()
