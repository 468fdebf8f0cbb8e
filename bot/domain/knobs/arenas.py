"""Arenas: glibc's malloc keeps several pools of memory for threads, and gives little of them back."""

import re
from collections.abc import Iterator

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import Edit, against, corrected, effective
from bot.domain.telling.language import say

VARIABLE = "MALLOC_ARENA_MAX"
COUNT = re.compile(r"\A(?P<value>\d{1,6})\Z", re.ASCII)
SIGNS = ("RAILS_MAX_THREADS", "RAILS_ENV", "RUBY_VERSION", "BUNDLE_PATH")  # variables that only Ruby reads
OTHER_ALLOCATORS = {"LD_PRELOAD", "MALLOC_CONF", "JE_MALLOC_CONF"}
MOST = 4
ADVISED = "2"


def findings(box: Box) -> Iterator[Finding]:
    """Many arenas, or none of the usual cure where something shows threaded Ruby on glibc."""
    setting = effective(box.container, (VARIABLE,), COUNT)
    if setting is not None and int(setting.value) > MOST:
        words = say("{count} arenas of malloc keep memory that is not used.", count=setting.value)
        edit = Edit(setting, ADVISED)
        yield corrected("knob.glibc.arenas", words, against(setting, box.limit_mib), (edit,))
        return
    container = box.container
    sign = next((name for name in SIGNS if name in container.variables), "")
    has_own = (
        VARIABLE in container.variables | container.knobs.keys() or OTHER_ALLOCATORS & container.variables
    )
    if not sign or has_own or "alpine" in container.image:
        return
    yield Finding(
        rule="knob.glibc.unset",
        words=say("Ruby's memory creeps up with glibc's many arenas."),
        evidence=say("{sign} is set, {variable} is not", sign=sign, variable=VARIABLE),
        fix=say("Set {variable} to {new}.", variable=VARIABLE, new=ADVISED),
        paste=ADVISED,
    )
