"""The stage: what the page shows of the world, and the buttons that move it."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.aws.ecs import Ecs
from sandbox.aws.scenarios import CannotPlay, Scenario
from sandbox.aws.services import Service
from sandbox.aws.sns import Sns
from sandbox.aws.tasks import Task
from sandbox.aws.world import World

_RECENTLY_S = 8.0


class Stage:
    """A world with its scenarios, for people: read as JSON, moved by name."""

    def __init__(self, world: World, scenarios: Sequence[Scenario]) -> None:
        self._world = world
        self._scenarios = {one.name: one for one in scenarios}

    def snapshot(self) -> dict[str, Any]:
        """The `world` part of the page's state."""
        shown = ("name", "group", "title", "emoji", "description")
        ecs = self._world.ecs
        return {
            "speed": self._world.pace.speed,
            "scenarios": [{key: getattr(one, key) for key in shown} for one in self._scenarios.values()],
            "workloads": [row for service in _alive(ecs) for row in _rows(ecs, service)],
            "sns": _sns(self._world.sns),
        }

    async def verb(self, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        """Do what a person asks: `scenario` with a name, `world` with `set_speed`. Never raises for bad input."""
        try:
            note = (self._play if verb == "scenario" else self._set)(data)
        except (CannotPlay, ValueError) as refusal:
            return {"ok": False, "error": str(refusal)}
        return {"ok": True} | ({"note": note} if note else {})

    def _play(self, data: dict[str, Any]) -> str | None:
        name = str(data.get("name"))
        if name not in self._scenarios:
            raise CannotPlay(f"There is no scenario {name!r}. There are: {', '.join(self._scenarios)}.")
        return self._scenarios[name].act(self._world)

    def _set(self, data: dict[str, Any]) -> str:
        speed = data.get("speed")
        if data.get("verb") != "set_speed" or not isinstance(speed, (int, float)):
            raise ValueError(
                f"I do not understand {json.dumps(data)[:200]}: set_speed with a number is what there is."
            )
        self._world.pace.speed = speed
        return f"Life now goes {speed:g} times as fast."


def _alive(ecs: Ecs) -> list[Service]:
    return [service for service in ecs.services.values() if service.status != "INACTIVE"]


def _rows(ecs: Ecs, service: Service) -> list[dict[str, Any]]:
    """One row for each container of a service; the fullest of its tasks is shown."""
    tasks = ecs.tasks_of(service)
    running = ecs.running(tasks)
    definition = service.primary.definition
    size = int(definition["memory"]) if "memory" in definition else None
    return [
        {
            "id": f"{service.cluster}/{service.name}/{described['name']}",
            "cluster": service.cluster,
            "service": service.name,
            "container": described["name"],
            "limit_mib": described.get("memory") or size,
            "memory_mib": round(max((_memory(ecs, t, described["name"]) for t in running), default=0)),
            "state": _state(ecs, service, described["name"], tasks),
            "revision": definition["revision"],
            "rollout": service.primary.rollout,
            "desired": service.desired,
            "running": len(running),
            "pattern": getattr(service.curves.get(described["name"]), "pattern", "steady"),
            "kills": service.kills.get(described["name"], 0),
        }
        for described in definition["containerDefinitions"]
    ]


def _memory(ecs: Ecs, task: Task, name: str) -> float:
    container = task.container(name)
    return ecs.wanted_mib(task, container) if container.status == "RUNNING" else 0.0


def _state(ecs: Ecs, service: Service, container: str, tasks: list[Task]) -> str:
    """What the page's light shows for one container of a service."""
    if ecs.clock.time() - service.killed_at.get(container, -_RECENTLY_S) < _RECENTLY_S:
        return "killed"
    if len(ecs.running(tasks)) >= service.desired:
        return "running"
    return "restarting" if tasks else "stopped"


def _sns(sns: Sns) -> dict[str, Any]:
    subscriptions = sns.subscriptions()
    states = {"confirmed" if one.confirmed else "pending" for one in subscriptions}
    return {
        "subscription": "confirmed" if "confirmed" in states else "pending" if states else "none",
        "delivered": sum(one.delivered for one in subscriptions),
        "failed": sum(one.failed for one in subscriptions),
        "dead_letters": sum(len(one.dead_letters) for one in subscriptions),
    }
