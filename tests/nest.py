"""Nest: a process that has read the program once and hatches its commands by forking, in a tenth of the time of a start.

What is hatched has its own environment, folder, files and end, as a process that was started has; what it has not is
the two seconds of reading 1,800 modules. Stories, benchmarks and chaos start the program as platforms do.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).parents[1]
APP = ROOT / "app.py"
_LONGEST = 1 << 20


class Asked(TypedDict):
    """What is to be run."""

    folder: str
    words: list[str]
    env: dict[str, str]


@dataclass(frozen=True)
class Hatched:
    """A command that runs: `pid` is its own; `told` gives its exit code, once it has ended."""

    pid: int
    told: socket.socket

    def code(self, patience_s: float) -> int:
        """Wait for its exit code, negative for the signal that ended it; raises TimeoutError."""
        self.told.settimeout(patience_s)
        with self.told:
            return int(_line(self.told))


@dataclass(frozen=True)
class Nest:
    """The way to that process; when this end is closed, it goes."""

    way: socket.socket
    process: "subprocess.Popen[bytes]"

    @classmethod
    def built(cls) -> "Nest":
        """Start it; it reads the program before it does what it was asked first."""
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.nest", str(its.fileno())]
        with its:
            process = subprocess.Popen(
                command, cwd=ROOT, env={}, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, process_group=0
            )
        return cls(ours, process)

    def hatch(
        self, folder: Path, words: Sequence[str], env: Mapping[str, str], out: int, err: int
    ) -> Hatched:
        """Run `app.py …` in the folder, with this environment and no other; `out` and `err` are descriptors."""
        told, its = socket.socketpair()
        with its:
            asked = json.dumps({"folder": str(folder), "words": list(words), "env": dict(env)}).encode()
            socket.send_fds(self.way, [asked], [out, err, its.fileno()])
        return Hatched(int(_line(told)), told)


@cache
def nest() -> Nest:
    """The nest of this test process."""
    return Nest.built()


def _line(told: socket.socket) -> str:
    found = b""
    while not found.endswith(b"\n"):
        piece = told.recv(1)
        if not piece:
            raise ConnectionError("the nest is gone")
        found += piece
    return found.decode()


def brood(way: socket.socket) -> None:
    """Hatch what is asked for until nobody can ask any more."""
    command = import_module(APP.stem).cli
    gc.freeze()  # so that no collection copies the pages of what is never garbage
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the minders
    while True:
        asked, descriptors, _, _ = socket.recv_fds(way, _LONGEST, 3)
        if not asked:
            return None
        if os.fork() == 0:
            way.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return mind(json.loads(asked), descriptors, command)
        for one in descriptors:
            os.close(one)


def mind(asked: Asked, descriptors: list[int], command: Callable[..., object]) -> None:
    """Fork the command, and tell its process id; wait for it, and tell its exit code."""
    out, err, told = descriptors
    child = os.fork()
    if child == 0:
        os.close(told)
        become(asked, out, err)
        command(prog_name=APP.name)  # ends with a SystemExit
    os.write(told, f"{child}\n".encode())
    for one in (out, err, sys.stdout.fileno(), sys.stderr.fileno()):
        os.close(one)  # who reads them waits for the command's end, not for ours
    _, status = os.waitpid(child, 0)
    with suppress(BrokenPipeError):
        os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def become(asked: Asked, out: int, err: int) -> None:
    """Take on the descriptors, the folder, the environment and the words."""
    for given, own in ((out, sys.stdout.fileno()), (err, sys.stderr.fileno())):
        os.dup2(given, own)
        os.close(given)
    os.chdir(asked["folder"])
    os.environ.clear()  # noqa: TID251 - its own, and empty
    os.environ.update(asked["env"])  # noqa: TID251 - likewise
    sys.argv[:] = [str(APP), *asked["words"]]


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as nests_end:
        brood(nests_end)
