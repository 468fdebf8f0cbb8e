"""Memory files: /dev/shm and tmpfs mounts, whose pages are charged to the container's limit."""

from collections.abc import Iterator

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.knobs.box import Box
from bot.domain.knobs.jvm import heap_of
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas

SHARE = 0.5  # from here on the files alone can crowd the program out


def findings(box: Box) -> Iterator[Finding]:
    """Files in memory that may take half of the limit, or that do not fit beside the Java heap."""
    parts = {"sharedMemorySize": box.container.shared_memory_mib, "tmpfs": box.container.tmpfs_mib}
    named = {name: size for name, size in parts.items() if size}
    files, heap = sum(named.values()), heap_of(box)
    beside = heap.mib if heap else 0.0
    is_crowded = files >= SHARE * box.limit_mib or (heap is not None and files + beside > box.limit_mib)
    if not named or not is_crowded:
        return
    shown = [f"{name} {size:,} MiB" for name, size in named.items()]
    if heap is not None:
        shown.append(heap.setting.shown)
    yield Finding(
        rule="knob.shm.room",
        words=say("Files in memory may take {mib:,} MiB of the limit, and they count against it.", mib=files),
        evidence=say("{setting} against limit {mib:,} MiB", setting=commas(shown), mib=box.limit_mib),
        fix=say("Make them smaller, or raise the limit by what they may take."),
    )
