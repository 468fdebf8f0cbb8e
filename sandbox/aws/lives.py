"""Lives: what ran before the sandbox was opened, made up when somebody asks; and who died so long ago that ECS forgot."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sandbox.aws.curves import Curve
from sandbox.aws.logs import Logs
from sandbox.aws.tasks import Container, Task

HISTORY = timedelta(days=14)
_BETWEEN = timedelta(seconds=10)
_MOST_LIVES = 60
_TALKATIVE = timedelta(hours=24)
_CHAT_EVERY = timedelta(minutes=20)
_STEPS = 720

CurveOf = Callable[[Task, Container], Curve]


@dataclass(frozen=True)
class Bygone:
    """A task of today whose service has been there for longer; `again` makes one more like it."""

    task: Task
    again: Callable[[datetime], Task]
    chatter: dict[str, tuple[str, ...]]


class Lives:
    """Every task that ever was, as far as metrics and logs go back."""

    def __init__(self, logs: Logs, curve_of: CurveOf) -> None:
        self._logs = logs
        self._curve_of = curve_of
        self._over: deque[Task] = deque(maxlen=5000)
        self._untold: list[Bygone] = []
        self._deaths: dict[tuple[Curve, ...], float | None] = {}

    def bury(self, task: Task) -> None:
        """Keep a task that ECS forgets."""
        self._over.append(task)

    def began_earlier(self, bygone: Bygone) -> None:
        """Tell of a task's earlier lives when asked."""
        self._untold.append(bygone)

    def recall(self) -> deque[Task]:
        """Those who are gone; their logs are there from now on."""
        while self._untold:
            bygone = self._untold.pop()
            self._talk(bygone.task, bygone.chatter, until=bygone.task.created_at + HISTORY)
            for task in self._earlier(bygone):
                self._over.append(task)
                self._talk(task, bygone.chatter, until=task.times["executionStoppedAt"])
        return self._over

    def _earlier(self, bygone: Bygone) -> Iterator[Task]:
        """The lives before a task's, newest first: each as long as it takes to die, one long one if it never does."""
        end = bygone.task.times["startedAt"] - _BETWEEN
        oldest = end - HISTORY
        for _ in range(_MOST_LIVES):
            lasted = self.death(bygone.task)
            start = max(end - timedelta(seconds=lasted), oldest) if lasted else oldest
            task = bygone.again(start)
            task.age_s, task.status, task.desired = (end - start).total_seconds(), "STOPPED", "STOPPED"
            task.times |= {"stoppingAt": end, "executionStoppedAt": end, "stoppedAt": end}
            yield task
            end = start - _BETWEEN
            if end <= oldest:
                return

    def death(self, task: Task) -> float | None:
        """The age in seconds at which a task like this one dies; None when it lives on."""
        curves = tuple(self._curve_of(task, one) for one in task.containers)
        if curves not in self._deaths:
            self._deaths[curves] = _death(task, curves)
        return self._deaths[curves]

    def _talk(self, task: Task, chatter: dict[str, tuple[str, ...]], until: datetime) -> None:
        """Write what a task's containers said in its last day: something now and then, and each word of trouble."""
        now = self._logs.clock.now()
        began, ended = task.times["startedAt"], min(until, now)
        at = max(began, now - _TALKATIVE)
        for container in task.containers:
            lines = chatter.get(container.name, ())
            self._logs.say(task, container, "Started.", at=began)
            for number, moment in enumerate(_every(_CHAT_EVERY, at, ended)):
                if lines:
                    self._logs.say(task, container, lines[number % len(lines)], at=moment)
            self._complain(task, container, ended)

    def _complain(self, task: Task, container: Container, ended: datetime) -> None:
        curve, began = self._curve_of(task, container), task.times["startedAt"]
        if curve.shed_line:
            lap = timedelta(seconds=curve.lap_s)
            for moment in _every(lap, max(began, ended - _TALKATIVE), ended - lap):
                self._logs.say(task, container, curve.shed_line, at=moment + lap)
        if curve.gives_up((ended - began).total_seconds()) and task.status == "STOPPED":
            self._logs.say(task, container, curve.fatal_line, at=ended)


def _every(step: timedelta, start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += step


def _death(task: Task, curves: tuple[Curve, ...]) -> float | None:
    """By trying ages: three periods of the slowest curve must do."""
    period = max(curve.period_s for curve in curves)
    ages = (period * 3 * step / _STEPS for step in range(1, _STEPS + 1))
    spikes = (n * curve.period_s - 30 for curve in curves for n in (1, 2, 3))
    limits = [one.limit_mib or float("inf") for one in task.containers]
    for age in sorted(chain(ages, spikes)):
        wanted = [curve.mib(age) for curve in curves]
        over = any(want > limit for want, limit in zip(wanted, limits, strict=True))
        if over or sum(wanted) > (task.limit_mib or float("inf")):
            return age
        if any(curve.gives_up(age) or curve.is_done(age) for curve in curves):
            return age
    return None
