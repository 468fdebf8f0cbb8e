"""Runtimes: what a JVM, Node, Go or a pool of workers makes of its options and of the container's limit.

Shares and default heaps as measured in JDK 17, Node 20 and Go; what they write is what they were seen to write.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.aws.curves import Curve

Environment = Mapping[str, str]
_HEAP_LINE = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'
_EXIT_LINE = "Terminating due to java.lang.OutOfMemoryError: Java heap space"
_NODE_LINE = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"
_SHED_LINE = "[1] [ERROR] Worker (pid:{}) was sent SIGKILL! Perhaps out of memory?"
_NODE_MOST_MIB = 2096
_MASTER_MIB = 60
_HELD = 0.985  # of the limit: where the kernel keeps a container that it does not kill
_WAVER = 1.02  # the most that a curve wavers upwards


def fitted(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:
    """The curve under these environment variables and this limit (None: the container has none)."""
    of_runtime = _RUNTIMES.get(curve.runtime or curve.pattern)
    return of_runtime(curve, environment, limit_mib) if of_runtime else curve


def _jvm(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:
    """-Xmx or MaxRAMPercentage; beside the heap a tenth more and 90 MiB. Too small a heap ends with a line."""
    options = environment.get("JAVA_TOOL_OPTIONS", "")
    heap = _sized(r"-Xmx(\d+)([mMgG])", options)
    share = re.search(r"-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)", options)
    if heap is None and share and limit_mib:
        heap = limit_mib * float(share[1]) / 100
    if heap is None:
        return curve
    fits = replace(curve, peak_mib=1.1 * heap + 90)
    if curve.live_mib <= heap:
        return fits
    exits = "-XX:+ExitOnOutOfMemoryError" in options
    line, code = (_EXIT_LINE, 3) if exits else (_HEAP_LINE, 1)
    return replace(fits, fatal_line=line, exit_code=code, gives_up_s=curve.period_s * heap / curve.live_mib)


def _node(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:
    """--max-old-space-size, else half the container; V8 aborts with 134 when that is full."""
    cap = _sized(r"--max-old-space-size=(\d+)()", environment.get("NODE_OPTIONS", ""))
    heap = cap or min((limit_mib or 2 * _NODE_MOST_MIB) / 2, _NODE_MOST_MIB)
    grown = replace(curve, pattern="plateau", peak_mib=1.08 * curve.live_mib + _MASTER_MIB)
    if curve.live_mib <= heap:
        return grown
    return replace(
        grown, fatal_line=_NODE_LINE, exit_code=134, gives_up_s=curve.period_s * heap / curve.live_mib
    )


def _go(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:  # noqa: ARG001 Go sees no limit
    """Twice what is alive, as GOGC=100 lets garbage grow; GOMEMLIMIT makes it collect earlier."""
    soft = _sized(r"(\d+)([MG])iB", environment.get("GOMEMLIMIT", ""))
    peak = 2 * curve.live_mib if soft is None else min(2 * curve.live_mib, max(soft, 1.05 * curve.live_mib))
    return replace(curve, pattern="plateau", peak_mib=peak)


def _prefork(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:
    """gunicorn: WEB_CONCURRENCY workers beside the master, of which the kernel kills one at the limit."""
    count = environment.get("WEB_CONCURRENCY", "4")
    workers = int(count) if count.isdigit() else 4
    base, peak = (_MASTER_MIB + workers * one for one in (curve.base_mib, curve.peak_mib))
    pool = replace(curve, pattern="plateau", base_mib=base, peak_mib=peak)
    room = (limit_mib or float("inf")) / _WAVER
    if peak <= room or base >= room:
        return pool
    lap = curve.period_s * (room - base) / (peak - base)
    return replace(pool, lap_s=lap, shed_line=_SHED_LINE.format(27))


def _threads(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:  # noqa: ARG001 memory is no cure
    """A pool that knows its bounds never runs out of threads."""
    return (
        replace(curve, fatal_line="", pattern="plateau")
        if "SERVER_TOMCAT_THREADS_MAX" in environment
        else curve
    )


def _reclaim(curve: Curve, environment: Environment, limit_mib: float | None) -> Curve:  # noqa: ARG001 of all alike
    """Mostly page cache: the kernel takes it back again and again, and the container hangs at its limit."""
    return replace(curve, ceiling_mib=_HELD * limit_mib) if limit_mib else curve


def _sized(pattern: str, text: str) -> float | None:
    """MiB in an option: digits, then M, G or nothing."""
    match = re.search(pattern, text)
    return int(match[1]) * (1024 if match[2] in ("g", "G") else 1) if match else None


_RUNTIMES: Mapping[str, Callable[[Curve, Environment, float | None], Curve]] = {
    "jvm": _jvm,
    "node": _node,
    "go": _go,
    "prefork": _prefork,
    "threads": _threads,
    "reclaim": _reclaim,
}
