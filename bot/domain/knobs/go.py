"""Go knobs: GOMEMLIMIT against the limit, where something shows that it is Go."""

import math
import re
from collections.abc import Iterator

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import Edit, Setting, against, corrected, effective, text_of
from bot.domain.knobs.size import go, like_go
from bot.domain.telling.language import say

VARIABLES = ("GOMEMLIMIT",)
WHOLE = re.compile(r"\A(?P<value>[\w.+-]{1,40})\Z", re.ASCII)
SIGNS = ("GOGC", "GOMAXPROCS", "GODEBUG", "GOTRACEBACK")  # variables that only Go reads
SHARE, MOST = 0.9, 0.95


def findings(box: Box) -> Iterator[Finding]:
    """GOMEMLIMIT missing, malformed, off, or too near the limit."""
    setting, limit = _limit(box.container), box.limit_mib
    if setting is None:
        yield from _missing(box)
        return
    mib = go(setting.value)
    if setting.value != "off" and go(setting.value) is None:
        words = say("Go cannot read this GOMEMLIMIT and refuses to start.")
    elif mib is None:
        words = say("GOMEMLIMIT is off: Go does not know of the limit.")
    elif mib > limit:
        words = say("GOMEMLIMIT is above the limit of {limit:,} MiB and does nothing.", limit=limit)
    elif mib > MOST * limit:
        words = say("GOMEMLIMIT leaves only {left:,.0f} MiB for what Go does not count.", left=limit - mib)
    else:
        return
    edit = Edit(setting, like_go(math.floor(SHARE * limit), setting.value))
    yield corrected("knob.go.memlimit", words, against(setting, limit), (edit,))


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """GOMEMLIMIT at 0.9 of this limit; `off` and what cannot be read stay."""
    setting = _limit(container)
    mib = math.floor(SHARE * limit_mib)
    if setting is None or go(setting.value) in (None, mib):
        return ()
    why = say("GOMEMLIMIT at 90 % of {limit:,} MiB", limit=limit_mib)
    return (Edit(setting, like_go(mib, setting.value), why),)


def _limit(container: Container) -> Setting | None:
    return effective(container, VARIABLES, WHOLE)


def _missing(box: Box) -> Iterator[Finding]:
    sign = next((name for name in SIGNS if name in box.container.variables | box.container.knobs.keys()), "")
    if not (sign or box.is_image("golang")) or text_of(box.container, "GOMEMLIMIT") != "":
        return
    value = f"{math.floor(SHARE * box.limit_mib)}MiB"
    yield Finding(
        rule="knob.go.unset",
        words=say("Go does not know of the limit: GOMEMLIMIT is not set."),
        evidence=_shown(sign, box.limit_mib),
        fix=say("Set {variable} to {new}.", variable="GOMEMLIMIT", new=value),
        paste=value,
    )


def _shown(sign: str, limit_mib: int) -> str:
    if sign:
        return say("{sign} is set, GOMEMLIMIT is not, against limit {mib:,} MiB", sign=sign, mib=limit_mib)
    return say("its image is golang, GOMEMLIMIT is not, against limit {mib:,} MiB", mib=limit_mib)
