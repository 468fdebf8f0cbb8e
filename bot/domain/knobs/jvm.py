"""JVM knobs: the heap against the limit, what else is capped, and options that never count."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs import raising
from bot.domain.knobs.box import Box
from bot.domain.knobs.setting import COMMAND, Edit, Setting, against, all_in, corrected, effective, text_of
from bot.domain.knobs.size import lettered, like_letters
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas

# Weakest first: HotSpot reads JAVA_TOOL_OPTIONS, then the command line (which the launcher and start scripts build out
# of the next three and the command), then _JAVA_OPTIONS; the last one wins.
VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "CATALINA_OPTS", COMMAND, "_JAVA_OPTIONS")
SEARCH_VARIABLES = ("ES_JAVA_OPTS", "OPENSEARCH_JAVA_OPTS")
HEAP = re.compile(r"(?<![\w-])(?:-Xmx|-XX:MaxHeapSize=)(?P<value>[\w.]{0,20})", re.ASCII)
START = re.compile(
    r"(?<![\w-])(?:-Xms|-XX:InitialHeapSize=|-XX:MinHeapSize=)(?P<value>[\w.]{0,20})", re.ASCII
)
PERCENT = re.compile(r"(?<![\w-])-XX:MaxRAMPercentage=(?P<value>[\d.]{1,8})", re.ASCII)
METASPACE = re.compile(r"(?<![\w-])-XX:MaxMetaspaceSize=(?P<value>\w{1,20})", re.ASCII)
DIRECT = re.compile(r"(?<![\w-])-XX:MaxDirectMemorySize=(?P<value>\w{1,20})", re.ASCII)
STACK = re.compile(r"(?<![\w-])-Xss(?P<value>\w{1,20})", re.ASCII)
JAR = re.compile(r"\s-jar\s+\S+", re.ASCII)
HEAP_SHARE = 0.75  # facts/sizing.md §2.3
ROOM_MIB = 350  # for classes, code, threads and buffers; likewise
LEAST_SHARE = 0.25  # Java's own default: no advice goes below
SMALL_SHARE = 0.5  # of a limit too small for that room: Java's own default there (facts/sizing.md §2.3)
FEWEST_THREADS = 20  # of a JVM that does anything


@dataclass(frozen=True, slots=True)
class Heap:
    """The largest heap, and the setting that says so."""

    setting: Setting
    mib: float
    is_percent: bool = False


def largest_mib(limit_mib: float) -> float:
    """The largest heap that fits under a limit, by which heaps are judged and re-fitted alike."""
    return max(SMALL_SHARE * limit_mib, min(HEAP_SHARE * limit_mib, limit_mib - ROOM_MIB))


def findings(box: Box) -> Iterator[Finding]:
    """The heap too near the limit, the parts together above it, and options that do nothing."""
    heap = None if effective(box.container, SEARCH_VARIABLES, HEAP) else heap_of(box)
    if heap is not None:
        yield from _too_near(box, heap) or _parts(box, heap)
    yield from _overridden(box)
    yield from _after_the_jar(box)


def heap_of(box: Box) -> Heap | None:
    """The heap that -Xmx or else MaxRAMPercentage allows; None where neither counts or nobody can tell."""
    setting = effective(box.container, VARIABLES, HEAP, _is_read)
    if setting is not None:
        mib = lettered(setting.value)
        return Heap(setting, mib) if mib else None
    share = effective(box.container, VARIABLES, PERCENT, _is_read)
    if share is None or any(text_of(box.container, one) is None for one in VARIABLES):
        return None
    try:
        percent = float(share.value)
    except ValueError:
        return None
    return Heap(share, box.limit_mib * percent / 100, is_percent=True) if 0 < percent <= 100 else None


def fit(container: Container, limit_mib: int) -> tuple[Edit, ...]:
    """The largest heap that fits, less where other fixed parts need the room; a percentage scales by itself.

    A heap of no more than three quarters is not made smaller: the program may need it.
    """
    heap = None if effective(container, SEARCH_VARIABLES, HEAP) else heap_of(Box(container, limit_mib))
    if heap is None or heap.is_percent:
        return ()
    room = limit_mib - sum(size for _, size in _others(container))
    mib = math.floor(max(LEAST_SHARE * limit_mib, min(largest_mib(limit_mib), room)))
    if mib < heap.mib <= min(HEAP_SHARE * limit_mib, room):
        return ()
    why = say("the heap at {share:.0%} of {limit:,} MiB", share=mib / limit_mib, limit=limit_mib)
    return sized(container, heap.setting, mib, why)


def sized(container: Container, setting: Setting, mib: int, why: str) -> tuple[Edit, ...]:
    """The edits for a heap of this size; () where it has it, or where a larger -Xms in the command forbids it."""
    old = lettered(setting.value)
    if old == mib:
        return ()
    edits = [Edit(setting, like_letters(mib, setting.value), why)]
    for variable in (*VARIABLES, *SEARCH_VARIABLES):
        for start in all_in(variable, text_of(container, variable) or "", START):
            size = lettered(start.value)
            if size is None or (size <= mib and size != old):
                continue
            if start.is_in_command and not setting.is_in_command:
                return ()
            edits.append(Edit(start, like_letters(mib, start.value), say("Java does not start below -Xms")))
    return tuple(edits)


def _too_near(box: Box, heap: Heap) -> tuple[Finding, ...]:
    limit, left = box.limit_mib, box.limit_mib - heap.mib
    is_large = heap.mib > HEAP_SHARE * limit
    if heap.mib <= largest_mib(limit):
        return ()
    need = math.ceil(min(heap.mib / SMALL_SHARE, max(heap.mib + ROOM_MIB, heap.mib / HEAP_SHARE)))
    otherwise = raising.somewhat() if heap.is_percent else raising.to_at_least(need)
    words = say(
        "The Java heap may grow to {mib:,.0f} MiB, the limit is {limit:,} MiB."
        if left <= 0
        else "The Java heap may grow to {mib:,.0f} MiB: only {left:,.0f} MiB are left for the rest of Java.",
        mib=heap.mib,
        limit=limit,
        left=left,
    )
    rule = "knob.jvm.heap" if is_large else "knob.jvm.headroom"
    return (corrected(rule, words, against(heap.setting, limit), _smaller(box, heap), otherwise),)


def _smaller(box: Box, heap: Heap) -> tuple[Edit, ...]:
    """The largest heap that fits."""
    mib = math.floor(largest_mib(box.limit_mib))
    if heap.is_percent:
        return (Edit(heap.setting, f"{math.floor(100 * mib / box.limit_mib)}.0"),)
    return sized(box.container, heap.setting, mib, "")


def _others(container: Container) -> Iterator[tuple[Setting, float]]:
    """Fixed parts besides the heap: the setting and what it allows in all, MiB."""
    for pattern, times in ((METASPACE, 1), (DIRECT, 1), (STACK, FEWEST_THREADS)):
        setting = effective(container, VARIABLES, pattern, _is_read)
        size = lettered(setting.value) if setting else None
        if setting and size:
            yield setting, size * times


def _parts(box: Box, heap: Heap) -> tuple[Finding, ...]:
    others = tuple(_others(box.container))
    total = heap.mib + sum(size for _, size in others)
    if not others or total <= box.limit_mib:
        return ()
    shown = commas(setting.shown for setting in (heap.setting, *(setting for setting, _ in others)))
    return (
        Finding(
            rule="knob.jvm.parts",
            words=say("Java's heap and its other parts may take {total:,.0f} MiB together.", total=total),
            evidence=say("{setting} against limit {mib:,} MiB", setting=shown, mib=box.limit_mib),
            fix=raising.to_at_least(math.ceil(total)).told(say("Lower one of them")),
        ),
    )


def _overridden(box: Box) -> tuple[Finding, ...]:
    texts = [(variable, text_of(box.container, variable)) for variable in VARIABLES]
    if any(text is None for _, text in texts):
        return ()
    all_of = [one for variable, text in texts for one in all_in(variable, text or "", HEAP) if _is_read(one)]
    winner = all_of[-1] if all_of else None
    losers = [one for one in all_of if winner and lettered(one.value) != lettered(winner.value)]
    if winner is None or not losers:
        return ()
    return (
        Finding(
            rule="knob.jvm.overridden",
            words=say("{loser} does nothing: {winner} wins.", loser=losers[-1].shown, winner=winner.shown),
            evidence=commas([losers[-1].shown, winner.shown]),
            fix=say("Change {option}, and remove the other one.", option=winner.token),
        ),
    )


def _after_the_jar(box: Box) -> tuple[Finding, ...]:
    late = [one for one in all_in(COMMAND, text_of(box.container, COMMAND) or "", HEAP) if not _is_read(one)]
    if not late:
        return ()
    return (
        Finding(
            rule="knob.jvm.ignored",
            words=say("Java does not see {option}: it stands after the jar.", option=late[0].token),
            evidence=late[0].shown,
            fix=say("Put {option} before -jar in the command.", option=late[0].token),
        ),
    )


def _is_read(setting: Setting) -> bool:
    """Whether Java reads the option: what stands after the jar in the command is the program's."""
    jar = JAR.search(setting.text) if setting.is_in_command else None
    if jar is None or setting.start < jar.end():
        return True
    return "java" in setting.text[jar.end() : setting.start].split()
