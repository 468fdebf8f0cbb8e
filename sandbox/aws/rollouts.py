"""Roll-outs: the service scheduler replaces what died and moves services to new revisions."""

from collections.abc import Iterable
from typing import Any

from sandbox.aws.arns import arn
from sandbox.aws.definitions import Definition
from sandbox.aws.ecs import Ecs, Ends
from sandbox.aws.ecs_events import deployment_changed, service_acted
from sandbox.aws.instances import Instances
from sandbox.aws.services import Deployment, Service
from sandbox.aws.tasks import Task


class Rollouts:
    """Moves every service one step nearer to what is asked of it."""

    def __init__(self, ecs: Ecs, instances: Instances) -> None:
        self._ecs = ecs
        self._instances = instances
        self._counted: set[str] = set()
        self._unplaced: set[str] = set()

    def step(self, seconds: float = 0.0) -> None:
        """One round over all services, `seconds` of life after the last one."""
        for service in list(self._ecs.services.values()):
            self._count_failures(service)
            if blue := service.blue:
                self._side_by_side(service, blue, seconds)
            else:
                self._scale(service)
            self._finish(service)
            if service.plan.breaker.enable and service.primary.rollout == "IN_PROGRESS":
                self._break(service)
            if service.plan.alarms and service.primary.rollout == "IN_PROGRESS":
                self._heed_alarms(service, service.plan.alarms)
            if service.status == "DRAINING" and not self._ecs.tasks_of(service):
                service.status = "INACTIVE"

    def deploy(self, service: Service, definition: Definition) -> None:
        """Begin a deployment of `definition`, as UpdateService does."""
        deployment = service.begin(definition, self._ecs.clock.now())
        deployment.ignores_alarms = bool(service.plan.heeds() & self._ecs.alarms_on)
        self.announce(service, "SERVICE_DEPLOYMENT_IN_PROGRESS", deployment)

    def announce(self, service: Service, name: str, deployment: Deployment) -> None:
        """Emit a deployment event."""
        now = self._ecs.clock.now()
        self._ecs.emit(deployment_changed(service.arn, deployment.id, name, deployment.reason, now))

    def _scale(self, service: Service) -> None:
        """Start what is missing of the new revision; stop what the new ones have made needless."""
        if service.primary.rollout == "FAILED":  # and nothing to go back to: what runs is left alone
            return
        tasks = self._ecs.tasks_of(service)
        new = [task for task in tasks if service.primary.owns(task.started_by)]
        old = [task for task in tasks if not service.primary.owns(task.started_by)]
        room = max(service.plan.most(service.desired) - len(tasks), 0)
        for _ in range(min(service.desired - len(new), room)):
            if not self._start(service, service.primary):
                break
        spare = len(self._ecs.running(tasks)) - service.plan.least(service.desired)
        idle, busy = [t for t in old if t.status != "RUNNING"], [t for t in old if t.status == "RUNNING"]
        self._stop([*idle, *busy[: max(spare, 0)], *new[service.desired :]], service)

    def _side_by_side(self, service: Service, blue: Deployment, seconds: float) -> None:
        """Blue/green: both revisions run in full until the new one has baked; then blue is old like any other."""
        green, tasks = service.primary, self._ecs.tasks_of(service)
        self._stop(
            [t for t in tasks if not blue.owns(t.started_by) and not green.owns(t.started_by)], service
        )
        for side in (blue, green):
            mine = [task for task in tasks if side.owns(task.started_by)]
            self._stop(mine[service.desired :], service)
            for _ in range(service.desired - len(mine)):
                if not self._start(service, side):
                    break
        if len(self._ecs.running(task for task in tasks if green.owns(task.started_by))) < service.desired:
            return
        if held := [stage for stage in service.plan.pauses if stage not in green.continued]:
            green.stage = held[0]
            return
        green.baked_s += seconds if green.stage == "BAKE_TIME" else 0.0
        green.stage = "CLEAN_UP" if green.baked_s >= 60 * service.plan.bake_minutes else "BAKE_TIME"

    def _start(self, service: Service, deployment: Deployment) -> bool:
        """Start one task; False, and an event once for each deployment, when no machine has room for it."""
        now = self._ecs.clock.now()
        fits = service.launch_type != "EC2" or self._instances.room_for(deployment.definition)
        if fits:
            self._ecs.start(service.cluster, deployment.definition, f"service:{service.name}", deployment.id)
        elif deployment.id not in self._unplaced:
            self._unplaced.add(deployment.id)
            service.say(
                "was unable to place a task because no container instance met all of its requirements.", now
            )
            self._act(service, "SERVICE_TASK_PLACEMENT_FAILURE", "ERROR", "RESOURCE:MEMORY")
        return fits

    def _act(self, service: Service, name: str, kind: str, reason: str = "") -> None:
        """Emit a service action."""
        cluster, now = arn("ecs", f"cluster/{service.cluster}"), self._ecs.clock.now()
        self._ecs.emit(service_acted((service.arn, cluster), name, kind, reason, now))

    def _stop(self, tasks: Iterable[Task], service: Service) -> None:
        reason = f"Scaling activity initiated by (deployment {service.primary.id})"
        for task in tasks:
            killed: Ends = (
                {one.name: (137, None) for one in task.containers} if service.ignores_sigterm else {}
            )
            self._ecs.stop(task, "ServiceSchedulerInitiated", reason, killed)

    def _finish(self, service: Service) -> None:
        """A deployment whose tasks all run, with none of another revision left, is completed."""
        primary, tasks = service.primary, self._ecs.tasks_of(service)
        running = self._ecs.running(tasks)
        mine = all(primary.owns(task.started_by) for task in tasks) and service.blue is None
        if primary.rollout != "IN_PROGRESS" or not mine or len(running) < service.desired:
            return
        now = self._ecs.clock.now()
        primary.rollout, primary.finished_at = "COMPLETED", now
        going_back = primary.reason.removesuffix(".").replace("rolling back", "rollback")
        begun = going_back if primary.is_rollback else f"ECS deployment {primary.id}"
        primary.reason = f"{begun} completed."
        service.past.extend(reversed(service.deployments[1:]))
        del service.deployments[1:]
        service.say("has reached a steady state.", now)
        self.announce(service, "SERVICE_DEPLOYMENT_COMPLETED", primary)
        self._act(service, "SERVICE_STEADY_STATE", "INFO")

    def _count_failures(self, service: Service) -> None:
        """Tasks of the deployment that died by themselves; a task that runs counts as health."""
        primary = service.primary
        for task in self._ecs.known_of(service):
            if task.started_by != primary.id:
                continue
            primary.had_healthy_task |= task.status == "RUNNING" and task.age_s >= 30
            if (
                task.stop_code in ("EssentialContainerExited", "TaskFailedToStart")
                and task.id not in self._counted
            ):
                self._counted.add(task.id)
                primary.failed_tasks += 1

    def _break(self, service: Service) -> None:
        """The circuit breaker: too many tasks died, and (unless it never forgets) none has run healthily."""
        primary, breaker = service.primary, service.plan.breaker
        forgiven = primary.had_healthy_task and breaker.resets
        if primary.is_rollback or forgiven or primary.failed_tasks < breaker.threshold(service.desired):
            return
        self.roll_back(service, "circuit breaker", "task failed to start.", goes_back=breaker.rollback)

    def _heed_alarms(self, service: Service, alarms: dict[str, Any]) -> None:
        """Deployment alarms: one that goes off meanwhile fails it; one that was on before does not count."""
        primary = service.primary
        if primary.is_rollback or primary.ignores_alarms or not service.plan.heeds() & self._ecs.alarms_on:
            return
        service.say(f"(deployment {primary.id}) deployment failed: alarm detected.", self._ecs.clock.now())
        self.roll_back(service, "alarms", "alarm detected.", goes_back=alarms["rollback"])

    def roll_back(self, service: Service, who: str, why: str, *, goes_back: bool = True) -> None:
        """Fail the PRIMARY deployment and go back to the last completed revision, if there is one and it may."""
        failed, now = service.primary, self._ecs.clock.now()
        target, blue = service.completed() if goes_back else None, service.blue
        failed.rollout, failed.finished_at = "FAILED", now
        failed.reason = f"ECS deployment {who}: {why}"
        self.announce(service, "SERVICE_DEPLOYMENT_FAILED", failed)
        if target is None:
            return
        failed.rollback_to = target
        back = service.begin(target.definition, now)
        back.is_rollback, failed.rollback = True, back
        self._ecs.resolved[back.id] = dict(self._ecs.resolved.get(target.id, {}))  # the same images again
        if blue:  # its tasks still run: they get the traffic back, nothing is started
            service.deployments.remove(blue)
            service.past.append(blue)
            back.takes_back = (blue.id, *blue.takes_back)
        back.reason = f"ECS deployment {who}: rolling back to deploymentId {back.id}."
        self.announce(service, "SERVICE_DEPLOYMENT_IN_PROGRESS", back)
