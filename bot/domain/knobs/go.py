"""Go knobs: GOMEMLIMIT against the limit, where something shows that it is Go."""

import math
import re
from collections.abc import Iterator

from bot.domain.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import Edit, Setting, against, corrected, effective, text_of
from bot.domain.knobs.size import go, like_go
from bot.domain.task_definition import Container

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
        words = "Go cannot read this GOMEMLIMIT and refuses to start."
    elif mib is None:
        words = "GOMEMLIMIT is off: Go does not know of the limit."
    elif mib > limit:
        words = f"GOMEMLIMIT is above the limit of {limit:,} MiB and does nothing."
    elif mib > MOST * limit:
        words = f"GOMEMLIMIT leaves only {limit - mib:,.0f} MiB for what Go does not count."
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
    return (Edit(setting, like_go(mib, setting.value), f"GOMEMLIMIT at 90% of {limit_mib:,} MiB"),)


def _limit(container: Container) -> Setting | None:
    return effective(container, VARIABLES, WHOLE)


def _missing(box: Box) -> Iterator[Finding]:
    sign = next((name for name in SIGNS if name in box.container.variables | box.container.knobs.keys()), "")
    shown = f"{sign} is set" if sign else "its image is golang" if box.is_image("golang") else ""
    if not shown or text_of(box.container, "GOMEMLIMIT") != "":
        return
    value = f"{math.floor(SHARE * box.limit_mib)}MiB"
    yield Finding(
        rule="knob.go.unset",
        words="Go does not know of the limit: GOMEMLIMIT is not set.",
        evidence=f"{shown}, GOMEMLIMIT is not, against limit {box.limit_mib:,} MiB",
        fix=f"Set GOMEMLIMIT to {value}.",
        paste=value,
    )
