"""Node.js knobs: the JavaScript heap's cap against the limit."""

import math
import re
from collections.abc import Iterator

from bot.domain.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, all_in, corrected, effective, text_of
from bot.domain.task_definition import Container

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
        words = f"The JavaScript heap may grow to {int(setting.value):,} MiB of {limit:,} MiB."
        need = math.ceil(int(setting.value) / SHARE)
        otherwise = f"raise the limit to at least {need:,} MiB"
        yield corrected(
            "knob.node.heap", words, against(setting, limit), fit(box.container, limit), otherwise
        )
    elif setting is None and share is not None and int(share.value) > 100 * SHARE:
        words = f"The JavaScript heap may take {share.value} % of the limit: too little is left for buffers."
        yield corrected("knob.node.heap", words, against(share, limit), (Edit(share, "75"),))
    elif setting is None and share is None:
        yield from _default(box)


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """The cap at 0.75 of this limit."""
    setting = _cap(container)
    mib = math.floor(SHARE * limit_mib)
    if setting is None or int(setting.value) in (0, mib):
        return ()
    return (Edit(setting, str(mib), f"the JavaScript heap at 75% of {limit_mib:,} MiB"),)


def _cap(container: Container) -> Setting | None:
    return effective(container, VARIABLES, CAP, _is_read)


def _default(box: Box) -> Iterator[Finding]:
    is_known = all(text_of(box.container, variable) is not None for variable in VARIABLES)
    if not is_known or not box.runs("node") or SHARE * box.limit_mib >= DEFAULT_MIB:
        return
    cap = math.floor(SHARE * box.limit_mib)
    yield Finding(
        rule="knob.node.default",
        words=f"Node's own heap cap is about {DEFAULT_MIB} MiB: too much for a limit of {box.limit_mib:,} MiB.",
        evidence=f"it runs node without --max-old-space-size against limit {box.limit_mib:,} MiB",
        fix=f"Add --max-old-space-size={cap} to NODE_OPTIONS.",
        paste=f"{box.container.knobs.get('NODE_OPTIONS', '')} --max-old-space-size={cap}".strip(),
    )


def _after_the_script(box: Box) -> Iterator[Finding]:
    late = [one for one in all_in(COMMAND, text_of(box.container, COMMAND) or "", CAP) if not _is_read(one)]
    for setting in late[:1]:
        yield Finding(
            rule="knob.node.ignored",
            words=f"Node does not see {setting.token}: it stands after the script.",
            evidence=setting.shown,
            fix=f"Put {setting.token} before the script in the command.",
        )


def _is_read(setting: Setting) -> bool:
    """Whether Node reads the option: what stands after the script in the command is the script's."""
    script = SCRIPT.search(setting.text) if setting.is_in_command else None
    return script is None or setting.start < script.end()
