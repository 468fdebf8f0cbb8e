"""Kinds: a workload for each way in which memory ends a container or troubles it; `begin` runs one."""

from collections.abc import Mapping

from sandbox.aws.curves import Curve
from sandbox.aws.ecs import Ecs
from sandbox.aws.workloads import Part, Workload, run

_HTTP = ("GET /orders 200 12 ms", "POST /orders 201 48 ms")
_SLOW = ("GET /reports 200 9,870 ms", "WARN request took 14,021 ms: POST /reports")


def _one(name: str, memory_mib: int, curve: Curve, age_s: float, **environment: str) -> Workload:
    """A service of one container on Fargate without a limit of its own."""
    part = Part("app", None, curve, environment=tuple(environment.items()), chatter=_HTTP)
    return Workload(name, 512, memory_mib, (part,), age_s=age_s)


_THREADS = Curve(
    "threads",
    500,
    620,
    1800,
    fatal_line="java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process limits",
    exit_code=1,
)
_JVM_OPTIONS = "-Xmx512m"

# name → (workload, what is to be seen)
KINDS: Mapping[str, Workload] = {
    "steady": _one("kind-steady", 1024, Curve("steady", 500, 500), 3 * 86400),
    "spike": _one("kind-spike", 1024, Curve("spike", 620, 1300, 1800), 1680),
    "leak": _one("kind-leak", 1024, Curve("leak", 300, 1000, 6 * 3600), 6 * 3600),
    "start-up": _one("kind-start-up", 1024, Curve("start-up", 400, 1200), 15),
    "near-miss": _one("kind-near-miss", 1024, Curve("spike", 610, 950, 900), 3 * 86400),
    "jvm-xmx-too-high": _one(
        "kind-jvm-xmx-too-high", 2048, Curve("jvm", 700, 1500, 3600, live_mib=900), 2400, JAVA_TOOL_OPTIONS="-Xmx3g"
    ),
    "jvm-heap": _one(
        "kind-jvm-heap", 2048, Curve("jvm", 300, 700, 3600, live_mib=700), 2500, JAVA_TOOL_OPTIONS=_JVM_OPTIONS
    ),
    "threads": _one("kind-threads", 1024, _THREADS, 1700),
    "node-heap": _one(
        "kind-node-heap", 2048, Curve("plateau", 120, 900, 3600, runtime="node", live_mib=900), 1900,
        NODE_OPTIONS="--max-old-space-size=512",
    ),
    "go-no-limit": _one("kind-go-no-limit", 1024, Curve("plateau", 200, 600, 3600, runtime="go", live_mib=600), 2800),
    "silent": _one("kind-silent", 1024, Curve("plateau", 40, 190, 7200, runtime="prefork"), 3 * 86400, WEB_CONCURRENCY="8"),
    "stuck": Workload(
        "kind-stuck", 512, 1024,
        (Part("app", None, Curve("plateau", 400, 1400, 3600, runtime="reclaim"), chatter=_SLOW),), age_s=4 * 3600,
    ),
    "host": Workload(
        "kind-host", 0, 0,
        (Part("app", None, Curve("plateau", 300, 1500, 1800), soft_mib=512, chatter=_HTTP),),
        desired=3, age_s=1300, launch_type="EC2",
    ),
    "cron": Workload("kind-cron", 512, 2048, (Part("app", None, Curve("cron", 700, 1500, 1200)),), desired=0),
}  # fmt: skip


def begin(ecs: Ecs, kind: str) -> Workload:
    """Run the workload of that kind, as old as makes it interesting soon; KeyError for an unknown one."""
    workload = KINDS[kind]
    run(ecs, workload)
    return workload
