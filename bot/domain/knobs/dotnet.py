""".NET knobs: the heap's hard limit, whose values are hexadecimal, against the limit."""

import math
import re
from collections.abc import Iterator

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import Edit, Setting, against, corrected, effective
from bot.domain.knobs.size import MIB, hexadecimal, like_hex
from bot.domain.telling.language import say

FIXED = ("COMPlus_GCHeapHardLimit", "DOTNET_GCHeapHardLimit")  # the newer name wins
PERCENT = ("COMPlus_GCHeapHardLimitPercent", "DOTNET_GCHeapHardLimitPercent")
WHOLE = re.compile(r"\A(?P<value>\w{1,20})\Z", re.ASCII)
SHARE = 0.75


def findings(box: Box) -> Iterator[Finding]:
    """A heap above 0.75 of the limit, and percentages that were meant to be decimal."""
    fixed, limit = _fixed(box.container), box.limit_mib
    if fixed is not None:
        mib = (hexadecimal(fixed.value) or 0) / MIB
        if mib > SHARE * limit:
            words = say("The .NET heap may grow to {mib:,.0f} MiB (the value is hexadecimal).", mib=mib)
            yield corrected("knob.dotnet.heap", words, against(fixed, limit), fit(box.container, limit))
        return
    share = effective(box.container, PERCENT, WHOLE)
    percent = hexadecimal(share.value) if share else None
    if share is not None and percent is not None and percent > 100 * SHARE:
        words = say(
            "The .NET heap may take {percent:,} % of the limit: the value is read as hexadecimal.",
            percent=percent,
        )
        edit = Edit(share, like_hex(round(100 * SHARE), share.value))
        yield corrected("knob.dotnet.percent", words, against(share, limit), (edit,))


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """The hard limit at 0.75 of this limit, in hexadecimal bytes."""
    setting = _fixed(container)
    size = math.floor(SHARE * limit_mib) * MIB
    if setting is None or hexadecimal(setting.value) == size:
        return ()
    why = say("the .NET heap at 75 % of {limit:,} MiB", limit=limit_mib)
    return (Edit(setting, like_hex(size, setting.value), why),)


def _fixed(container: Container) -> Setting | None:
    setting = effective(container, FIXED, WHOLE)
    return setting if setting is not None and hexadecimal(setting.value) else None
