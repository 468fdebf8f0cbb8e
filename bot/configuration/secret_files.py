"""Secret files: a secret that a platform mounts as a file, and a variable `…_FILE` names."""

import stat
from pathlib import Path

LARGEST = 64 * 1024  # bytes


def read_secret(path: Path) -> str:
    """What is in the file, without the end of its last line. Raises ValueError, which says why and no more."""
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise ValueError(f"{path} is not a file")
        if kind.st_size > LARGEST:
            raise ValueError(f"{path} has more than {LARGEST // 1024} KiB: that is no secret")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8") from None
    if not text.strip():
        raise ValueError(f"{path} is empty")
    return text.rstrip("\r\n")


def is_open_to_all(path: Path) -> bool:
    """Whether every user of the machine can read it."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
