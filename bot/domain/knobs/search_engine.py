"""Search engine knobs: the heap of Elasticsearch and OpenSearch is half of the limit, the file cache needs the rest."""

import math
from collections.abc import Iterator

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.jvm import HEAP, SEARCH_VARIABLES, sized
from bot.domain.knobs.setting import Edit, against, corrected, effective
from bot.domain.knobs.size import lettered
from bot.domain.telling.language import say

SHARE = 0.5
MOST_MIB = 31 * 1024  # above that Java needs longer pointers, and gains nothing


def findings(box: Box) -> Iterator[Finding]:
    """A heap above half of the limit."""
    setting = effective(box.container, SEARCH_VARIABLES, HEAP)
    heap = lettered(setting.value) if setting else None
    if setting is None or heap is None or heap <= min(SHARE * box.limit_mib, MOST_MIB):
        return
    yield corrected(
        "knob.search.heap",
        say(
            "The search engine's heap may grow to {mib:,.0f} MiB: half of the limit belongs to files.",
            mib=heap,
        ),
        against(setting, box.limit_mib),
        fit(box.container, box.limit_mib),
        raising.somewhat() if heap <= MOST_MIB else None,
    )


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """The heap at half of this limit, at most 31 GiB."""
    setting = effective(container, SEARCH_VARIABLES, HEAP)
    if setting is None or lettered(setting.value) is None:
        return ()
    mib = math.floor(min(SHARE * limit_mib, MOST_MIB))
    return sized(container, setting, mib, say("the heap at half of {limit:,} MiB", limit=limit_mib))
