"""PHP knobs: memory_limit, which counts for each request, and the number of children, against the limit."""

import math
import re
from collections.abc import Iterator

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, corrected, effective
from bot.domain.knobs.size import lettered
from bot.domain.telling.language import say

WHOLE = re.compile(r"\A(?P<value>-?\w{1,15})\Z", re.ASCII)
LIMIT = re.compile(r"(?<![\w.])memory_limit\s?=\s?(?P<value>-?\w{1,15})", re.ASCII)
CHILDREN = re.compile(r"(?<!\S)(?:-d\s?)?pm\.max_children\s?=\s?(?P<value>\d{1,5})\b", re.ASCII)
OPCACHE_MIB = 128  # PHP's default
DEFAULT_MIB = 128  # memory_limit's default


def findings(box: Box) -> Iterator[Finding]:
    """One request that may take the whole limit, or all children together that may."""
    setting, limit = _memory_limit(box), box.limit_mib
    size = lettered(setting.value) if setting else DEFAULT_MIB
    children = effective(box.container, (COMMAND,), CHILDREN)
    if setting is not None and setting.value == "-1":
        words = say("PHP sets requests no limit: one may take the whole container.")
        yield corrected("knob.php.limit", words, against(setting, limit), (_quarter(box, setting),))
    elif setting is not None and size is not None and size >= limit:
        words = say(
            "One PHP request may take {mib:,.0f} MiB, the limit is {limit:,} MiB.", mib=size, limit=limit
        )
        yield corrected("knob.php.limit", words, against(setting, limit), (_quarter(box, setting),))
    elif children is not None and size is not None and int(children.value) * size + OPCACHE_MIB > limit:
        yield _too_many(box, children, size)


def _memory_limit(box: Box) -> Setting | None:
    return effective(box.container, (COMMAND,), LIMIT) or effective(
        box.container, ("PHP_MEMORY_LIMIT",), WHOLE
    )


def _quarter(box: Box, setting: Setting) -> Edit:
    return Edit(setting, f"{max(1, box.limit_mib // 4)}M")


def _too_many(box: Box, children: Setting, size: float) -> Finding:
    most = math.floor((box.limit_mib - OPCACHE_MIB) / size)
    edits = (Edit(children, str(most)),) if most >= 1 else ()
    need = math.ceil(int(children.value) * size + OPCACHE_MIB)
    words = say("{count} PHP children may take {mib:,.0f} MiB each.", count=children.value, mib=size)
    return corrected("knob.php.children", words, against(children, box.limit_mib), edits, raising.to(need))
