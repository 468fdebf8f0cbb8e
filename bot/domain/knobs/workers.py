"""Worker knobs: how many processes share the limit (gunicorn, uvicorn, puma, celery), and what each may take."""

import math
import re
from collections.abc import Iterator

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, corrected, effective
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas

WORKERS = re.compile(r"(?<!\S)['\"]?(?:-w[= ]?|--workers[= ])(?P<value>\d{1,4})\b", re.ASCII)
CONCURRENCY = re.compile(r"(?<!\S)['\"]?(?:-c[= ]?|--concurrency[= ])(?P<value>\d{1,4})\b", re.ASCII)
PER_CHILD = re.compile(r"(?<!\S)--max-memory-per-child[= ](?P<value>\d{1,12})\b", re.ASCII)
COUNT = re.compile(r"\A\s*(?P<value>\d{1,4})\s*\Z", re.ASCII)
SHARE = 0.8  # of the limit is for the workers (facts/sizing.md §2.3)
TIGHT_MIB = 96  # our own rule of thumb: a web worker that has loaded its application seldom takes less
ROOMY_MIB = 128


def findings(box: Box) -> Iterator[Finding]:
    """More workers than the limit has room for, and children that may take more than their share."""
    celery = _celery(box)
    count = celery or _web(box)
    if count is not None:
        yield from _crowded(box, count, "knob.celery.workers" if celery else "knob.workers.count")
    if celery is not None:
        yield from _greedy(box, celery)


def _web(box: Box) -> Setting | None:
    """The count of web workers; the command's words count only where a server that knows them is run."""
    stronger = effective(box.container, ("GUNICORN_CMD_ARGS",), WORKERS)
    if box.runs("gunicorn", "uvicorn", "puma"):
        stronger = effective(box.container, ("GUNICORN_CMD_ARGS", COMMAND), WORKERS)
    return stronger or effective(box.container, ("WEB_CONCURRENCY",), COUNT)


def _celery(box: Box) -> Setting | None:
    told = effective(box.container, (COMMAND,), CONCURRENCY) if box.runs("celery") else None
    return told or effective(box.container, ("CELERYD_CONCURRENCY",), COUNT)


def _crowded(box: Box, setting: Setting, rule: str) -> Iterator[Finding]:
    count, room = int(setting.value), SHARE * box.limit_mib
    if count < 2 or room / count >= TIGHT_MIB:
        return
    edit = Edit(setting, str(max(1, math.floor(room / ROOMY_MIB))))
    need = math.ceil(count * ROOMY_MIB / SHARE)
    words = say(
        "{count} workers share {limit:,} MiB: about {each:,.0f} MiB for each.",
        count=count,
        limit=box.limit_mib,
        each=room / count,
    )
    yield corrected(rule, words, against(setting, box.limit_mib), (edit,), raising.to_about(need))


def _greedy(box: Box, setting: Setting) -> Iterator[Finding]:
    child = effective(box.container, (COMMAND,), PER_CHILD)
    count, room = int(setting.value), SHARE * box.limit_mib
    if child is None or count < 1 or int(child.value) / 1024 * count <= room:
        return
    words = say(
        "{count} celery children may take {mib:,.0f} MiB each before they are replaced.",
        count=count,
        mib=int(child.value) / 1024,
    )
    edit = Edit(child, str(math.floor(room / count * 1024)))
    shown = commas([setting.shown, against(child, box.limit_mib)])
    yield corrected("knob.celery.child_memory", words, shown, (edit,))
