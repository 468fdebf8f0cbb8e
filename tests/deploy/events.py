"""Events: what ECS and Batch say through EventBridge, and which rules of ours ought to pass it."""

from typing import Any

Event = dict[str, Any]
OOM = "OutOfMemoryError: Container killed due to memory usage"
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/prod/7ea08bf3fa024d89ad57c7477dca7638"


def event(detail_type: str, detail: Event, source: str = "aws.ecs") -> Event:
    """One event in EventBridge's envelope."""
    return {
        "version": "0",
        "id": "d5c5e4bf-6f1c-4b30-9bd8-4b0d9a3fbb6e",
        "detail-type": detail_type,
        "source": source,
        "account": "123456789012",
        "time": "2026-11-21T03:00:00Z",
        "region": "eu-west-1",
        "resources": [TASK],
        "detail": detail,
    }


def task(*containers: Event, status: str = "STOPPED", **more: object) -> Event:
    """A task's event; a container is what differs from a stopped one named app."""
    listed = [{"name": "app", "lastStatus": "STOPPED", **one} for one in containers]
    detail = {"taskArn": TASK, "lastStatus": status, "containers": listed, **more}
    return event("ECS Task State Change", detail)


def service(detail_type: str, **detail: object) -> Event:
    """A service's event."""
    return event(detail_type, dict(detail))


KILLED, BARE = {"exitCode": 137, "reason": OOM}, {"exitCode": 137}
ALIVE = {"name": "web", "lastStatus": "RUNNING"}
# What it is, the event, and all rules that pass it but `every-stop`.
SAMPLES: list[tuple[str, Event, set[str]]] = [
    ("a kill", task(KILLED), {"oom", "mail", "killed"}),
    ("in the second container", task({"exitCode": 0}, KILLED), {"oom", "mail", "killed"}),
    (
        "in lower case, as Fargate writes lately",
        task({**KILLED, "reason": OOM.lower()}),
        {"oom", "mail", "killed"},
    ),
    ("the word alone", task({"exitCode": 255, "reason": "OutOfMemoryError"}), {"oom", "mail", "errors"}),
    ("with blanks", task({"exitCode": 1, "reason": "Out of memory"}), {"oom", "mail", "errors"}),
    ("a child was killed, exit 0", task({"exitCode": 0, "reason": OOM}), {"oom", "mail"}),
    ("without an exit code", task({"reason": OOM}), {"oom", "mail"}),
    (
        "killed before it could start",
        task({"reason": "CannotStartContainerError: container init was OOM-killed (memory limit too low?)"}),
        {"oom", "mail"},
    ),
    ("on its way down", task(KILLED, status="DEPROVISIONING"), {"oom", "killed"}),
    (
        "a sidecar; its task lives on",
        task(ALIVE, KILLED, status="RUNNING"),
        {"oom", "mail", "killed", "dead-container"},
    ),
    ("a sidecar crashed", task(ALIVE, {"exitCode": 2}, status="RUNNING"), {"dead-container"}),
    ("a sidecar was done", task(ALIVE, {"exitCode": 0}, status="RUNNING"), set()),
    ("all run", task(ALIVE, status="RUNNING"), set()),
    ("bare 137, perhaps a kill", task(BARE), {"killed"}),
    ("crashed", task({"exitCode": 1}), {"errors"}),
    ("segmentation fault", task({"exitCode": 139}), {"errors"}),
    ("stopped by its user", task({"exitCode": 143}, stopCode="UserInitiated"), set()),
    ("ended well", task({"exitCode": 0}), set()),
    (
        "a name that says oom",
        task({"name": "outofmemory", "exitCode": 0, "reason": "see OutOfMemory"}),
        set(),
    ),
    (
        "the reason is the task's alone",
        task({"exitCode": 0}, stoppedReason="OutOfMemoryError: it said so"),
        set(),
    ),
    ("no container at all", task(), set()),
    ("a failed job", event("Batch Job State Change", {"status": "FAILED"}, "aws.batch"), {"batch"}),
    ("a job that waits", event("Batch Job State Change", {"status": "RUNNABLE"}, "aws.batch"), set()),
    (
        "rolled back",
        service("ECS Deployment State Change", eventName="SERVICE_DEPLOYMENT_IN_PROGRESS"),
        {"deployments"},
    ),
    ("cannot be placed", service("ECS Service Action", eventType="ERROR"), {"service-actions"}),
    ("cannot start", service("ECS Service Action", eventType="WARN"), {"service-actions"}),
    ("is steady", service("ECS Service Action", eventType="INFO"), set()),
    (
        "a test of the whole path",
        event("ECS Task State Change", task(KILLED)["detail"], "oomguard.test"),
        {"test"},
    ),
    ("somebody else's event", event("ECS Task State Change", task(KILLED)["detail"], "my.app"), set()),
    (
        "another service's",
        event("EC2 Instance State-change Notification", {"state": "running"}, "aws.ec2"),
        set(),
    ),
]
