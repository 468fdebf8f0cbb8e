"""Redis knobs: maxmemory against the limit, with room for a copy while it saves."""

import math
import re
from collections.abc import Iterator

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, corrected, effective, text_of
from bot.domain.knobs.size import redis
from bot.domain.telling.language import say

VARIABLES = ("REDIS_ARGS", COMMAND)
MAXMEMORY = re.compile(r"(?<![\w-])--maxmemory[= ]['\"]?(?P<value>\w{1,20})", re.ASCII)
SAVES = re.compile(r"(?<![\w-])--(?:appendonly\s+['\"]?yes\b|save\s+['\"]?\d)", re.ASCII)
CONFIG = re.compile(r"\.conf\b", re.ASCII)
PROGRAMS = ("redis-server", "valkey-server")
IMAGES = ("redis", "valkey", "redis-stack-server")
SHARE, SAVING_SHARE = 0.75, 0.6


def findings(box: Box) -> Iterator[Finding]:
    """A maxmemory too near the limit, or none at all where Redis is run without a configuration file."""
    if not _is_redis(box):
        return
    texts = [text_of(box.container, variable) for variable in VARIABLES]
    setting = _maxmemory(box.container)
    size = redis(setting.value) if setting else None
    if any(text is None for text in texts) or any(CONFIG.search(text or "") for text in texts):
        return
    if setting is None or setting.value == "0":
        yield _unbounded(box)
    elif size is not None and size > _share(box.container) * box.limit_mib:
        words = say("Redis may keep {mib:,.0f} MiB of data: a copy for saving needs room too.", mib=size)
        fitted = fit(box.container, box.limit_mib)
        shown = against(setting, box.limit_mib)
        yield corrected("knob.redis.maxmemory", words, shown, fitted, raising.somewhat())


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """maxmemory at 0.75 of this limit, 0.6 where it saves to disk by its own arguments."""
    setting, share = _maxmemory(container), _share(container)
    mib = math.floor(share * limit_mib)
    if setting is None or redis(setting.value) in (None, mib):
        return ()
    why = say("maxmemory at {share:.0%} of {limit:,} MiB", share=share, limit=limit_mib)
    return (Edit(setting, f"{mib}mb", why),)


def _is_redis(box: Box) -> bool:
    """Whether the server itself is run: by its name, or by its image with nothing but options."""
    command = (text_of(box.container, COMMAND) or "").strip()
    return box.runs(*PROGRAMS) or (box.is_image(*IMAGES) and command[:1] in ("", "-"))


def _maxmemory(container: Container) -> Setting | None:
    return effective(container, VARIABLES, MAXMEMORY)


def _share(container: Container) -> float:
    texts = (text_of(container, variable) or "" for variable in VARIABLES)
    return SAVING_SHARE if any(SAVES.search(text) for text in texts) else SHARE


def _unbounded(box: Box) -> Finding:
    value = f"--maxmemory {math.floor(_share(box.container) * box.limit_mib)}mb"
    return Finding(
        rule="knob.redis.unbounded",
        words=say("Redis has no maxmemory: it grows until it is killed."),
        evidence=say(
            "it runs {program} without {option} against limit {mib:,} MiB",
            program="Redis",
            option="--maxmemory",
            mib=box.limit_mib,
        ),
        fix=say("Start it with {option} and an eviction policy.", option=value),
        paste=value,
    )
