"""Heap: threads share two of malloc's arenas, and what is large goes back."""

import platform
import subprocess
import sys

import pytest

_THREADS = """
import threading
from pathlib import Path
{first}
gate = threading.Barrier(13)
def work():
    kept = bytearray(100_000)
    gate.wait(); gate.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
gate.wait()
spans = [line.split()[0].split("-") for line in Path("/proc/self/maps").read_text().splitlines()]
print(len({{int(start, 16) >> 26 for start, end in spans if int(start, 16) % (1 << 26) == 0}}))
gate.wait()
"""
_LARGE = """
from pathlib import Path
{first}
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
large = bytearray(8_000_000); del large  # glibc learns by this
before = resident()
held = [bytearray(1_000_000) for _ in range(20)]
last = bytearray(1000)
del held
print(resident() - before)
"""
_KEEP_LITTLE = "from bot.composition.heap import keep_little; keep_little()"

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc is another one")


def _told(program: str, first: str) -> int:
    code = program.format(first=first)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_a_dozen_threads_have_one_arena_besides_the_first() -> None:
    assert _told(_THREADS, _KEEP_LITTLE) <= 1


def test_what_is_large_goes_back_at_once() -> None:
    assert _told(_LARGE, _KEEP_LITTLE) < 2_000_000
