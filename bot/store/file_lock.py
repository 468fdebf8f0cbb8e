"""File lock: one process per SQLite file, held by the kernel so that kill -9 frees it."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An advisory lock on `<file>.lock`; not waited for."""

    def __init__(self, guarded: Path) -> None:
        self._path = guarded.with_name(guarded.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Whether the lock is ours now; raise OSError where the folder cannot be written."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one in. The file stays: removing it would race with its next holder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
