"""Sizes: what runtimes understand under 512m, 900MiB or 0x30000000, in MiB, and how they want to be told."""

import re

KIB, MIB, GIB = 2**10, 2**20, 2**30
POWERS = {"": 1, "k": KIB, "m": MIB, "g": GIB, "t": 2**40}
GO_UNITS = {"": 1, "B": 1, "KiB": KIB, "MiB": MIB, "GiB": GIB, "TiB": 2**40}
REDIS_UNITS = {"": 1, "k": 1000, "kb": KIB, "m": 10**6, "mb": MIB, "g": 10**9, "gb": GIB}
LETTERED = re.compile(r"(\d{1,15})([kKmMgGtT]?)", re.ASCII)
GO = re.compile(r"(\d{1,18})(B|KiB|MiB|GiB|TiB)?", re.ASCII)
REDIS = re.compile(r"(\d{1,15})([kKmMgG]?[bB]?)", re.ASCII)
HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,15})", re.ASCII)


def lettered(text: str) -> float | None:
    """MiB of `512m`, `2G` or bytes, as the JVM and PHP write it; None where it is no size, or none at all (0)."""
    found = LETTERED.fullmatch(text)
    return _or_none(int(found[1]) * POWERS[found[2].lower()]) if found else None


def go(text: str) -> float | None:
    """MiB of a GOMEMLIMIT; None for `off` and what Go would refuse to start with."""
    found = GO.fullmatch(text)
    return _or_none(int(found[1]) * GO_UNITS[found[2] or ""]) if found else None


def redis(text: str) -> float | None:
    """MiB of a maxmemory: `1gb` is 1,024 MiB, `1g` 1,000 million bytes; None for 0, which is no limit."""
    found = REDIS.fullmatch(text)
    unit = found[2].lower() if found else "?"
    return _or_none(int(found[1]) * REDIS_UNITS[unit]) if found and unit in REDIS_UNITS else None


def hexadecimal(text: str) -> int | None:
    """The number that .NET reads out of `0x4B` or `4B`; None where it reads none."""
    found = HEX.fullmatch(text)
    return int(found[1], 16) if found else None


def like_letters(mib: int, old: str) -> str:
    """A size in the old one's letter: `2g` becomes `3g` where that is exact, else `2560m`."""
    letter = old[-1:]
    if letter in "gG" and mib % 1024 == 0:
        return f"{mib // 1024}{letter}"
    return f"{mib}{'M' if letter.isupper() else 'm'}"


def like_go(mib: int, old: str) -> str:
    """A size for Go: `GiB` where the old one was in GiB and it is exact, else `MiB`."""
    return f"{mib // 1024}GiB" if old.endswith("GiB") and mib % 1024 == 0 else f"{mib}MiB"


def like_hex(number: int, old: str) -> str:
    """A number in hexadecimal, with 0x where the old one had it."""
    return f"{old[:2]}{number:X}" if old[:2] in ("0x", "0X") else f"{number:X}"


def _or_none(size: int) -> float | None:
    return size / MIB if size > 0 else None
