"""Container instances: EC2 machines whose remaining memory decides what can be placed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.definitions import Definition
from sandbox.aws.ecs import Ecs
from sandbox.aws.ecs_tasks_api import check_cluster, missing, page
from sandbox.aws.tasks import Task

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Instance:
    """One machine; registered memory is less than advertised."""

    id: str
    memory_mib: int = 3767
    cpu: int = 2048


class Instances:
    """The machines of the cluster "prod", and the API about them."""

    def __init__(self, ecs: Ecs) -> None:
        self._ecs = ecs
        ecs.place = self.place
        self.machines = [
            Instance("5f2d0c1e0a4c4f0d9b61c3f0a8b7e611"),
            Instance("a4b1c2d3e4f5061728394a5b6c7d8e9f"),
        ]

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"ListContainerInstances": self._list, "DescribeContainerInstances": self._describe}

    def place(self, definition: Definition) -> str | None:
        """The machine that a task goes to: the fullest on which it fits, as `binpack` by memory has it."""
        fitting = [m for m in self.machines if self._remaining(m) >= reserved_mib(definition)]
        return min(fitting, key=self._remaining).id if fitting else None

    def squeeze(self) -> None:
        """Where containers want more than their machine has, the kernel kills the largest, and no flag says why."""
        for machine in self.machines:
            wanted = {
                (task.arn, container.name): self._ecs.wanted_mib(task, container)
                for task in self._on(machine)
                if task.status == "RUNNING" and task.desired == "RUNNING"
                for container in task.containers
                if container.status == "RUNNING"
            }
            if sum(wanted.values()) > machine.memory_mib:
                largest = max(wanted, key=lambda key: wanted[key])
                task = self._ecs.tasks[largest[0]]
                self._ecs.kill(task, task.container(largest[1]), reason=None)

    def _on(self, machine: Instance) -> list[Task]:
        return [t for t in self._ecs.tasks.values() if t.machine == machine.id and t.status != "STOPPED"]

    def room_for(self, definition: Definition) -> bool:
        """Whether one machine has that much memory left: it must fit on one, not on all together."""
        return any(self._remaining(one) >= reserved_mib(definition) for one in self.machines)

    def _remaining(self, machine: Instance) -> int:
        """What the definitions of its tasks do not reserve."""
        return machine.memory_mib - sum(reserved_mib(task.definition) for task in self._on(machine))

    def _arn(self, machine: Instance) -> str:
        return arn("ecs", f"container-instance/prod/{machine.id}")

    def _list(self, asked: Parameters) -> Parameters:
        check_cluster(self._ecs, asked)
        return page([self._arn(one) for one in self.machines], asked, "containerInstanceArns")

    def _describe(self, asked: Parameters) -> Parameters:
        check_cluster(self._ecs, asked)
        wanted = [last_part(one) for one in asked["containerInstances"]]
        known = {one.id: one for one in self.machines}
        absent = [missing(arn("ecs", f"container-instance/prod/{one}")) for one in wanted if one not in known]
        return {
            "containerInstances": [self._shown(known[one]) for one in wanted if one in known],
            "failures": absent,
        }

    def _shown(self, machine: Instance) -> Parameters:
        return {
            "containerInstanceArn": self._arn(machine),
            "ec2InstanceId": f"i-0{machine.id[:16]}",
            "status": "ACTIVE",
            "agentConnected": True,
            "registeredResources": _resources(machine.cpu, machine.memory_mib),
            "remainingResources": _resources(machine.cpu, self._remaining(machine)),
        }


def reserved_mib(definition: Definition) -> int:
    """What a task takes from its machine: the task's size, else the reservations, else the limits."""
    parts = definition["containerDefinitions"]
    return int(
        definition.get("memory") or sum(p.get("memoryReservation") or p.get("memory", 0) for p in parts)
    )


def _resources(cpu: int, memory_mib: int) -> list[Parameters]:
    sizes = {"CPU": cpu, "MEMORY": memory_mib}
    return [{"name": name, "type": "INTEGER", "integerValue": size} for name, size in sizes.items()]
