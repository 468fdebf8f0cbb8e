"""ECS: tasks that start, want memory, die of it and are replaced; each change is an event."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sandbox.aws.chores import Chores
from sandbox.aws.curves import Curve
from sandbox.aws.definitions import Definition, Definitions
from sandbox.aws.ecs_events import Event, task_changed
from sandbox.aws.lives import Lives
from sandbox.aws.logs import Logs
from sandbox.aws.registry import Registry
from sandbox.aws.runtimes import fitted
from sandbox.aws.services import Deployment, Service
from sandbox.aws.tasks import GONE_AFTER_S, OOM_REASON, Container, Task, containers_of
from sandbox.clock import Clock, Pace

Ends = dict[str, tuple[int, str | None]]
_ESSENTIAL = "Essential container in task exited"
_CHAT_S = 15.0
_STEADY = Curve(base_mib=32)


class Ecs:
    """The state of all clusters, and what moves it: starting, stopping, killing, growing older."""

    def __init__(self, clock: Clock, pace: Pace, logs: Logs, emit: Callable[[Event], None]) -> None:
        """`emit` takes every event, in order."""
        self.clock = clock
        self.pace = pace
        self.logs = logs
        self.emit = emit
        self.chores = Chores()
        self.definitions = Definitions()
        self.registry = Registry(clock)
        self.resolved: dict[str, dict[str, str]] = {}  # deployment (or lone task) → image → digest
        self.clusters: list[str] = ["prod"]
        self.insights_off: set[str] = set()  # clusters without Container Insights
        self.insights_enhanced: set[str] = set()  # clusters with metrics of each container
        self.alarms_on: set[str] = (
            set()
        )  # CloudWatch alarms that are in ALARM, for deployments that heed them
        self.cluster_tags: dict[str, list[dict[str, str]]] = {}
        self.services: dict[tuple[str, str], Service] = {}
        self.tasks: dict[str, Task] = {}
        self._of_service: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
        self.curves: dict[str, Curve] = {}
        self.loads: dict[str, float] = {}  # family → how many times the usual input its next job has
        self.lives = Lives(logs, self.curve)
        self.place: Callable[[Definition], str | None] = lambda _definition: None
        self._fitted: dict[tuple[Curve, tuple[tuple[str, str], ...], float | None], Curve] = {}

    def known_of(self, service: Service) -> Iterator[Task]:
        """The service's tasks, those that have stopped within the hour among them."""
        arns = self._of_service.get((service.cluster, service.name), ())
        return (self.tasks[arn] for arn in arns if arn in self.tasks)

    def tasks_of(self, service: Service) -> list[Task]:
        """The service's tasks that should run."""
        return [task for task in self.known_of(service) if task.desired == "RUNNING"]

    def counts(self, deployment: Deployment) -> tuple[int, int]:
        """Running and starting tasks of a deployment."""
        mine = [t for t in self.tasks.values() if deployment.owns(t.started_by) and t.desired == "RUNNING"]
        running = len(self.running(mine))
        return running, len(mine) - running

    def new_task(self, cluster: str, definition: Definition, group: str, started_by: str) -> Task:
        """A task in PROVISIONING, known but not yet moving."""
        service = group.removeprefix("service:") if group.startswith("service:") else None
        kind = "FARGATE" if "FARGATE" in definition.get("requiresCompatibilities", []) else "EC2"
        task = Task(
            cluster, definition, group, started_by, self.clock.now(), containers_of(definition), kind, service
        )
        task.load = self.loads.get(definition["family"], 1.0)
        task.machine = self.place(definition) if kind == "EC2" else None
        resolved = self.resolved.setdefault(started_by if service else task.id, {})
        for number, container in enumerate(task.containers):
            image = container.image
            if image not in resolved:
                resolved[image] = self.registry.digest(image)
            container.digest = resolved[image]
            container.runtime_id = f"{task.id}-{zlib.crc32(f'{task.id}{number}'.encode())}"
        self.tasks[task.arn] = task
        self._of_service[cluster, service].append(task.arn)
        return task

    def start(self, cluster: str, definition: Definition, group: str, started_by: str) -> Task:
        """Start a task; it is RUNNING some seconds of life later."""
        task = self.new_task(cluster, definition, group, started_by)
        self._changed(task, version=1)
        self.chores.begin(self._starting(task))
        return task

    async def _starting(self, task: Task) -> None:
        await self.pace.live(1)
        if task.desired == "RUNNING":
            task.status = "PENDING"
            task.times["pullStartedAt"] = self.clock.now()
            self._changed(task)
        await self.pace.live(2)
        unknown = next((one.image for one in task.containers if not one.digest), "")
        if task.desired == "RUNNING" and unknown:
            self._cannot_pull(task, unknown)
        elif task.desired == "RUNNING":
            self.run(task)
            self._changed(task, version=4)

    def _cannot_pull(self, task: Task, image: str) -> None:
        """The tag is gone: no container ever starts, so none has an exit code."""
        reason = f"CannotPullContainerError: failed to resolve ref {image}: not found"
        for container in task.containers:
            container.status, container.reason = "STOPPED", reason if container.image == image else None
        self.stop(task, "TaskFailedToStart", reason)

    def run(self, task: Task) -> None:
        """Make a task RUNNING now, silently."""
        now = self.clock.now()
        task.status, task.version = "RUNNING", 4
        task.times |= {"pullStartedAt": task.times.get("pullStartedAt", now)}
        task.times |= {"pullStoppedAt": now, "startedAt": now, "connectivityAt": now}
        for container in task.containers:
            container.status = "RUNNING"
            self.logs.say(task, container, "Started.")

    def stop(self, task: Task, code: str, reason: str, ends: Ends | None = None) -> None:
        """Stop a task; `ends` gives exit code and reason by container, the others end with 0."""
        if task.desired == "STOPPED":
            return
        task.desired, task.stop_code, task.stopped_reason = "STOPPED", code, reason
        task.status = "DEACTIVATING"
        task.times["stoppingAt"] = self.clock.now()
        self._changed(task)
        self.chores.begin(self._stopping(task, ends or {}))

    async def _stopping(self, task: Task, ends: Ends) -> None:
        """DEACTIVATING, DEPROVISIONING, STOPPED: one stop, three events, versions with gaps."""
        await self.pace.live(1)
        for container in task.containers:
            if container.status != "STOPPED":
                container.status = "STOPPED"
                container.exit_code, container.reason = ends.get(container.name, (0, None))
        task.status = "DEPROVISIONING"
        task.times["executionStoppedAt"] = self.clock.now()
        self._changed(task, version=task.version + 2)
        await self.pace.live(2)
        task.status = "STOPPED"
        task.times["stoppedAt"] = self.clock.now()
        self._changed(task)

    def end_container(self, task: Task, container: Container, code: int, reason: str | None) -> None:
        """A container ends by itself: an essential one takes its task along, another leaves it running."""
        if container.essential:
            self.stop(task, "EssentialContainerExited", _ESSENTIAL, {container.name: (code, reason)})
            return
        container.status, container.exit_code, container.reason = "STOPPED", code, reason
        self._changed(task)

    def kill(self, task: Task, container: Container, reason: str | None = OOM_REASON) -> None:
        """The kernel kills a container for its memory: no line in its log, exit 137; no reason if the host was full."""
        service = self.services.get((task.cluster, task.service or ""))
        if service:
            service.kills[container.name] = service.kills.get(container.name, 0) + 1
            service.killed_at[container.name] = self.clock.time()
        self.end_container(task, container, 137, reason)

    def advance(self, seconds: float) -> None:
        """Let every running task grow older by `seconds` of life; whoever wants too much memory dies."""
        for task in list(self.tasks.values()):
            if task.status == "RUNNING" and task.desired == "RUNNING":
                task.age_s += seconds
                self._chat(task, seconds)
                self._shed(task, seconds)
                self.judge(task)
        self._forget()

    def judge(self, task: Task) -> None:
        """Kill what wants more than its limit; end what gives up by itself."""
        wanted = {one.name: self.wanted_mib(task, one) for one in task.containers if one.status == "RUNNING"}
        for container in task.containers:
            curve = self.curve(task, container)
            if container.status == "RUNNING" and curve.gives_up(task.age_s):
                self.logs.say(task, container, curve.fatal_line)
                self.end_container(task, container, curve.exit_code, None)
                return
            if container.status == "RUNNING" and curve.is_done(task.age_s):
                self.logs.say(task, container, "Done.")
                self.end_container(task, container, 0, None)
                return
        over = [n for n in wanted if (limit := task.container(n).limit_mib) and wanted[n] > limit]
        if not over and task.limit_mib and sum(wanted.values()) > task.limit_mib:
            over = [max(wanted, key=lambda name: wanted[name])]
        if over:
            self.kill(task, task.container(over[0]))

    def _shed(self, task: Task, seconds: float) -> None:
        """Where a child process was killed its parent says so, and lives on: ECS never hears of it."""
        for container in task.containers:
            curve = self.curve(task, container)
            if container.status == "RUNNING" and curve.sheds(task.age_s - seconds, task.age_s):
                self.logs.say(task, container, curve.shed_line)

    def _chat(self, task: Task, seconds: float) -> None:
        """Now and then a container writes an ordinary line."""
        service = self.services.get((task.cluster, task.service or ""))
        turn = int(task.age_s / _CHAT_S)
        if service is None or turn == int((task.age_s - seconds) / _CHAT_S):
            return
        for name, lines in service.chatter.items():
            if task.container(name).status == "RUNNING":
                self.logs.say(task, task.container(name), lines[turn % len(lines)])

    def curve(self, task: Task, container: Container) -> Curve:
        """The curve of a container: its service's, else that of its family, else steady and small."""
        service = self.services.get((task.cluster, task.service or ""))
        own = service.curves.get(container.name) if service else self.curves.get(task.definition["family"])
        key = (
            (own or _STEADY).with_input(task.load),
            tuple(container.environment.items()),
            container.limit_mib or task.limit_mib,
        )
        if key not in self._fitted:
            self._fitted[key] = fitted(key[0], container.environment, key[2])
        return self._fitted[key]

    def wanted_mib(self, task: Task, container: Container) -> float:
        """MiB that a container wants now."""
        age = task.age_s
        return max(
            self.curve(task, container).mib(age, self.phase(task)), task.doomed.get(container.name, 0.0)
        )

    def phase(self, task: Task) -> float:
        """What makes this task's memory waver unlike its siblings'."""
        return int(task.id[:4], 16) / 65536

    def _forget(self) -> None:
        """Stopped tasks are shown for an hour."""
        limit = self.clock.time() - GONE_AFTER_S
        gone = [task for task in self.tasks.values() if _stopped_before(task, limit)]
        for task in gone:
            self.lives.bury(self.tasks.pop(task.arn))
            self._of_service[task.cluster, task.service].remove(task.arn)
            self.resolved.pop(task.id, None)

    def _changed(self, task: Task, version: int | None = None) -> None:
        task.version = version or task.version + 1
        self.emit(task_changed(task, self.clock.now()))

    def running(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of `tasks` that are RUNNING."""
        return [task for task in tasks if task.status == "RUNNING"]


def _stopped_before(task: Task, moment: float) -> bool:
    stopped: Any = task.times.get("stoppedAt")
    return stopped is not None and stopped.timestamp() < moment
