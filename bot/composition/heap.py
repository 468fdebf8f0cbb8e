"""Heap: glibc's malloc is told to keep little of what was given back to it."""

import ctypes
from typing import Final

# As malloc.h names them.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8

_ARENAS: Final = 2  # else each of forty threads may hoard free memory of its own, on two cores up to sixteen
# What is larger has pages of its own, which go back at once. glibc learns instead to keep what is as large as the
# largest that was ever freed, up to 32 MiB: the text of a model of AWS left holes of megabytes. asyncio's buffers of
# 256 KiB, which come and go, are below it.
_LARGE: Final = 512 * 1024
_KEPT_AT_THE_TOP: Final = 2 * 1024 * 1024


def keep_little() -> None:
    """To be called before there are threads. Does nothing where malloc is another one."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    if tell is None:
        return
    for what, value in (
        (_ARENA_MAX, _ARENAS),
        (_MMAP_THRESHOLD, _LARGE),
        (_TRIM_THRESHOLD, _KEPT_AT_THE_TOP),
    ):
        tell(what, value)
