"""Scenarios: the buttons, each a story that an on-call engineer may meet."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sandbox.aws.batch import job_changed
from sandbox.aws.certificates import Signer, new_key
from sandbox.aws.curves import Curve
from sandbox.aws.ecs_events import task_changed
from sandbox.aws.errors import AwsError
from sandbox.aws.kinds import KINDS, begin
from sandbox.aws.services import Service
from sandbox.aws.sizes import doubled, request_of
from sandbox.aws.sns import TOPIC_ARN, Twist
from sandbox.aws.tasks import OOM_REASON, Task
from sandbox.aws.workloads import CLUSTER, Part, Workload, run
from sandbox.aws.world import World

STORM = 200
KILLS, UNSURE, CHANGES, TROUBLE = "Kills", "Is it memory?", "Deployments and jobs", "Trouble on the way"
_FOREIGN_TOPIC = "arn:aws:sns:eu-west-1:666666666666:oom-guard"


class CannotPlay(Exception):
    """A scenario that has no stage at the moment; the message is for a person."""


@dataclass(frozen=True)
class Scenario:
    """A button: `act` returns a sentence when there is more to say than the description does."""

    name: str
    group: str
    title: str
    emoji: str
    description: str
    act: Callable[[World], str | None]


def kill(world: World) -> str | None:
    """One task of checkout-api wants 1,180 MiB for a moment."""
    return _spike(world, _some_task(world, "checkout-api", "api"), "api", 1180)


def suspected(world: World) -> None:
    """Exit 137 without a reason: the OOM flag got lost, or it was something else."""
    task = _some_task(world, "search", "search")
    world.ecs.end_container(task, task.container("search"), 137, None)


def sidecar(world: World) -> str | None:
    """The non-essential container of image-resizer dies; its task stays RUNNING."""
    return _spike(world, _some_task(world, "image-resizer", "log-router"), "log-router", 160)


def leak(world: World) -> None:
    """ledger-worker begins to leak fast: its limit is hit within two minutes, again and again."""
    world.ecs.services[CLUSTER, "ledger-worker"].curves["worker"] = Curve("leak", 320, 1100, 100)
    for task in world.ecs.tasks.values():
        if task.service == "ledger-worker":
            task.age_s = 0


def storm(world: World) -> None:
    """Two hundred services lose a task at the same moment."""
    for number in range(1, STORM + 1):
        name = f"storm-{number:03d}"
        if (CLUSTER, name) not in world.ecs.services:
            run(world.ecs, Workload(name, 256, 512, (Part("app", None, Curve("steady", 200, 200)),)))
    for number in range(1, STORM + 1):
        _spike(world, _some_task(world, f"storm-{number:03d}", "app"), "app", 600)


def duplicate(world: World) -> str | None:
    """The first event of a kill comes twice, the next half a minute late, the last three times."""
    world.twists.extend([Twist(copies=2), Twist(delay=30), Twist(copies=3)])
    return kill(world)


def forged(world: World) -> None:
    """Two forgeries of a kill: one with a wrong key, one truly signed from a foreign topic."""
    task = copy.deepcopy(_some_task(world, "checkout-api", "api"))
    task.status, task.desired, task.stop_code, task.version = (
        "STOPPED",
        "STOPPED",
        "EssentialContainerExited",
        8,
    )
    task.stopped_reason = "Essential container in task exited"
    container = task.container("api")
    container.status, container.exit_code, container.reason = "STOPPED", 137, OOM_REASON
    message = json.dumps(task_changed(task, world.clock.now()))
    world.sns.publish(TOPIC_ARN, message, twist=Twist(signer=Signer(world.clock.now(), new_key())))
    world.sns.publish(TOPIC_ARN, message, twist=Twist(topic_arn=_FOREIGN_TOPIC))


def deploy_stop(world: World) -> None:
    """notifications is deployed anew; its old task ignores SIGTERM and is killed with 137."""
    service = world.ecs.services[CLUSTER, "notifications"]
    service.ignores_sigterm = True
    world.rollouts.deploy(service, service.primary.definition)
    world.rollouts.step()


def aws_throttled(world: World) -> str | None:
    """A kill while ECS, CloudWatch and Logs say "Rate exceeded" to the next twenty calls each."""
    for service in ("ecs", "cloudwatch", "logs"):
        world.faults.throttle(f"{service}:*", times=20)
    return kill(world)


def bad_deploy(world: World) -> None:
    """search gets a revision with -Xmx3g: each task dies about a minute after its start, too late for ECS to see."""
    service = world.ecs.services[CLUSTER, "search"]
    service.curves["search"] = Curve("jvm", 900, 1780, 300)
    asked = request_of(service.primary.definition)
    asked["containerDefinitions"][0] |= {"environment": [{"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx3g"}]}
    world.rollouts.deploy(service, world.ecs.definitions.register(asked, world.clock.now(), "github-actions"))
    world.rollouts.step()


def retagged(world: World) -> str:
    """Somebody pushes other bits over the tag that checkout-api runs."""
    image = _some_task(world, "checkout-api", "api").container("api").image
    world.ecs.registry.push(image)
    return f"{image.rpartition('/')[2]} now means another image: a resize would ship it."


def untagged(world: World) -> str:
    """Somebody deletes the tag that image-resizer runs: a new deployment cannot pull it, and its breaker trips."""
    image = _some_task(world, "image-resizer", "resizer").container("resizer").image
    world.ecs.registry.untag(image)
    return f"{image.rpartition('/')[2]} is no longer in ECR: no new deployment can start."


def resize(world: World) -> str:
    """A person at the console gives the service that was killed last (else ledger-worker) twice the memory."""
    service = max(world.ecs.services.values(), key=_killed_last)
    if service.controller != "ECS":
        raise CannotPlay(f"{service.name} is deployed by {service.controller}, not by ECS itself.")
    try:
        asked = doubled(service.primary.definition)
    except AwsError as error:
        raise CannotPlay(f"{service.name} has as much memory as there is to buy.") from error
    made = world.ecs.definitions.register(asked, world.clock.now(), "alice")
    world.rollouts.deploy(service, made)
    world.rollouts.step()
    return f"{service.name}: revision {made['revision']} with twice the memory is on its way."


def threads(world: World) -> None:
    """search cannot make threads any more: its JVM says so and ends with 1, a minute after each start."""
    line = (
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process limits"
    )
    curve = Curve("threads", 900, 960, period_s=60, fatal_line=line, exit_code=1)
    world.ecs.services[CLUSTER, "search"].curves["search"] = curve


def text_form(world: World) -> str | None:
    """A kill as somebody's InputTransformer words it: one sentence that knows the task's ARN only."""
    task = _some_task(world, "image-resizer", "resizer")
    world.worded.add(task.arn)
    return _spike(world, task, "resizer", 1700)


def scheduled(world: World) -> str | None:
    """nightly-report is started by its schedule and has more rows than ever."""
    launch = next(iter(world.rules.launches("nightly-report")), None)
    if launch is None:
        raise CannotPlay("The rule nightly-report has no task among its targets any more.")
    definition = world.ecs.definitions.find(launch.definition)
    world.ecs.loads["nightly-report"] = 1.55  # 2,325 MiB at the end of its twenty minutes
    task = world.ecs.new_task(CLUSTER, definition, "family:nightly-report", launch.started_by)
    world.ecs.run(task)
    began, task.age_s = world.clock.now() - timedelta(seconds=1140), 1140
    task.created_at, task.times = began, task.times | dict.fromkeys(task.times, began)
    world.ecs.judge(task)
    return "The report has what it needs this time." if task.desired == "RUNNING" else None


def _begins(kind: str) -> Callable[[World], str | None]:
    """The scenario that runs the workload of a kind, unless it runs."""

    def act(world: World) -> str:
        name = KINDS[kind].name
        if (CLUSTER, name) in world.ecs.services:
            raise CannotPlay(f"{name} runs already.")
        begin(world.ecs, kind)
        return f"{name} runs now; its logs and metrics go back two weeks."

    return act


def batch(world: World) -> None:
    """A Batch job fails for want of memory."""
    job = world.batch.fail(world.job_definitions.newest("genome-align"))
    world.emit(job_changed(job, world.clock.now()))


SCENARIOS = (
    Scenario("kill", KILLS, "Kill a task", "💥", "One alert within seconds; then try /oom stats checkout-api.", kill),
    Scenario("sidecar", KILLS, "Kill a sidecar", "🛵", "The alert names log-router, and that its task goes on.", sidecar),
    Scenario("leak", KILLS, "A leak", "🚰", "One alert that counts up as the worker dies every two minutes.", leak),
    Scenario("storm", KILLS, "A storm", "🌪️", "200 services at once: the channel stays readable.", storm),
    Scenario("resize", KILLS, "Raise the memory", "📈", "You at the console: the service killed last gets twice as much.", resize),
    Scenario("suspected", UNSURE, "Exit 137, no reason", "🤔", "The alert says suspected, not certain.", suspected),
    Scenario("deploy-stop", UNSURE, "137 at a deployment", "🚚", "Exit 137, but no alert: ECS asked for it.", deploy_stop),
    Scenario("threads", UNSURE, "Out of threads", "🧵", "Exit 1 and a line in the log: no OOM, more memory is no cure.", threads),
    Scenario("node-heap", UNSURE, "A full V8 heap", "🟩", "Exit 134 and a line: more memory alone is no cure.", _begins("node-heap")),
    Scenario("silent", UNSURE, "A worker killed silently", "🤫", "No event at all; /oom scan finds the line.", _begins("silent")),
    Scenario("stuck", UNSURE, "Stuck at its limit", "🧱", "98 % for hours, alive, and slow.", _begins("stuck")),
    Scenario("near-miss", UNSURE, "A near miss", "😅", "Peaks at 93 %: /oom near lists it.", _begins("near-miss")),
    Scenario("host", UNSURE, "A full host", "🏠", "Soft limits only: the kernel kills with 137 and no reason.", _begins("host")),
    Scenario("bad-deploy", CHANGES, "A bad deployment", "🧨", "An OOM loop that began with a revision; ECS sees nothing.", bad_deploy),
    Scenario("retagged", CHANGES, "A tag pushed over", "🏷️", "A resize warns that it would ship another image.", retagged),
    Scenario("untagged", CHANGES, "A tag deleted", "🕳️", "A deployment of image-resizer fails, and ECS rolls it back.", untagged),
    Scenario("scheduled", CHANGES, "A scheduled job", "🌙", "The alert names the schedule; there is no service.", scheduled),
    Scenario("batch", CHANGES, "A Batch job", "🧬", "The alert names the job, what its revision changed, and a size; Batch does not try it again.", batch),
    Scenario("duplicate", TROUBLE, "Twice and late", "👯", "Three events, six deliveries, one of them late: one kill.", duplicate),
    Scenario("forged", TROUBLE, "A forgery", "🕵️", "Nothing is posted; the wire log shows both refusals.", forged),
    Scenario("text-form", TROUBLE, "One sentence only", "✉️", "The details are fetched from ECS.", text_form),
    Scenario("aws-throttled", TROUBLE, "AWS throttled", "🐌", "The alert comes all the same; evidence follows later.", aws_throttled),
)  # fmt: skip


def _killed_last(service: Service) -> tuple[float, bool]:
    return max(service.killed_at.values(), default=0.0), service.name == "ledger-worker"


def _some_task(world: World, service: str, container: str) -> Task:
    """A task of that service in which that container runs."""
    tasks = (task for task in world.ecs.tasks.values() if task.service == service)
    for task in tasks:
        if task.status == task.desired == "RUNNING" == task.container(container).status:
            return task
    raise CannotPlay(
        f"No task of {service} has a running {container} at the moment. Wait, or deploy it anew."
    )


def _spike(world: World, task: Task, name: str, need_mib: float) -> str | None:
    """Let a container want that much for a moment; a sentence when its limits allow it by now."""
    task.doomed[name] = need_mib
    world.ecs.judge(task)
    task.doomed.clear()
    if task.container(name).status == "RUNNING" and task.desired == "RUNNING":
        return f"{name} wanted {need_mib:,.0f} MiB and got it: the limit is high enough now."
    return None
