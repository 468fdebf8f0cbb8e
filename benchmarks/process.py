"""Processes: servers under measurement, on a core of their own, asked until ready and stopped for certain."""

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SERVER_CORE, LOAD_CORE = 0, 1
_ALL_CORES = frozenset(os.sched_getaffinity(0))
_READY_S = 60.0
_STOP_S = 30.0


class NotReady(Exception):
    """A server ended or did not answer in time; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    pid: int
    ready_after_s: float  # from start to the first 200

    def resident_mib(self) -> float:
        """Its memory now (VmRSS)."""
        return self._status("VmRSS")

    def peak_mib(self) -> float:
        """The most memory that it ever had (VmHWM)."""
        return self._status("VmHWM")

    def cpu_s(self) -> float:
        """Processor time so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


@dataclass(frozen=True, slots=True)
class Start:
    """How to start a server; `{port}` in the command becomes its port, `cores` None means all."""

    command: Sequence[str]
    environment: Mapping[str, str] | None = None  # None: ours
    path: str = "/readyz"
    cores: frozenset[int] | None = frozenset({SERVER_CORE})


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_in_the_image(folder: Path) -> dict[str, str]:
    """Settings of a Python that finds no `rich`: tools of development bring it, and structlog loads it where it is."""
    absent = folder / "absent"
    absent.mkdir(exist_ok=True)
    (absent / "rich.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": str(absent)}


@contextlib.contextmanager
def on_cores(cores: frozenset[int] | None) -> Iterator[None]:
    """Do what follows on these cores, where there are such, or on all; processes started meanwhile inherit it.

    Also within a block that is on others: who asks for servers may be on the core of the load.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, (cores or _ALL_CORES) & _ALL_CORES or _ALL_CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def running(start: Start, folder: Path, port: int | None = None) -> Iterator[Server]:
    """Run the server until the block ends; raises NotReady."""
    at = port or free_port()
    command = [part.replace("{port}", str(at)) for part in start.command]
    log = folder / f"server-{at}.log"
    began = time.perf_counter()
    with log.open("wb") as out, on_cores(start.cores):
        process = subprocess.Popen(command, env=start.environment, cwd=ROOT, stdout=out, stderr=out)
    try:
        _await_ready(process, f"http://127.0.0.1:{at}{start.path}", log)
        yield Server(at, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotReady(f"{url} did not answer; its last words:\n{log.read_text()[-2000:]}")
        time.sleep(0.005)
