"""The machine: where and when figures were taken, in one line."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path


def described() -> str:
    """Processor, cores, memory, versions, load and date."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {_processor()}, {os.cpu_count()} cores, {total:.0f} GiB; "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}, "
        f"SQLite {_sqlite()}; load before the run (1, 5, 15 min): {load}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def _sqlite() -> str:
    try:
        from pysqlite3 import sqlite_version  # noqa: PLC0415 -- the driver that the bot takes where there is one
    except ImportError:
        return sqlite3.sqlite_version
    return str(sqlite_version)
