"""Letters: signed notifications of kills, packed into whole HTTP requests before the clock runs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sandbox.aws.certificates import Signer
from sandbox.aws.envelopes import canonical, headers, notification, printed, stamp

ACCOUNT, REGION = "123456789012", "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:oom-guard"
VERSION = "1"  # SNS's default; aws-sns-message-validator knows no other
AWS_ORIGIN = f"https://sns.{REGION}.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose container dies."""

    service: str
    cluster: str = "prod"


@dataclass(frozen=True, slots=True)
class Post:
    """Signs and packs. `origin` is where the bot is to fetch the certificate; the address is not signed."""

    signer: Signer
    origin: str

    def letters(self, places: Sequence[Place], count: int) -> list[bytes]:
        """As many requests, each of a task of its own, the places in turn."""
        return [self.letter(places[number % len(places)]) for number in range(count)]

    def letter(self, place: Place) -> bytes:
        """One request as it goes over the wire."""
        now = datetime.now(UTC)
        message = json.dumps(killed(place, now), separators=(",", ":"))
        unsigned = notification(TOPIC, str(uuid4()), message, None, now)
        sealed = unsigned | {
            "SignatureVersion": VERSION,
            "Signature": self.signer.sign(canonical(unsigned), VERSION),
            "SigningCertURL": self.origin + self.signer.path,
            "UnsubscribeURL": f"{AWS_ORIGIN}/?Action=Unsubscribe&SubscriptionArn={TOPIC}:{uuid4()}",
        }
        return _request(printed(sealed), headers(sealed, f"{TOPIC}:{uuid4()}", raw=False))

    def for_aws(self, letters: Sequence[bytes]) -> Iterator[bytes]:
        """The same letters with AWS's own address of the certificate, for contestants that accept no other."""
        for letter in letters:
            head, _, body = letter.partition(b"\r\n\r\n")
            changed = body.replace(self.origin.encode(), AWS_ORIGIN.encode())
            length = b"Content-Length: %d"
            yield head.replace(length % len(body), length % len(changed)) + b"\r\n\r\n" + changed


def killed(place: Place, now: datetime) -> dict[str, object]:
    """An "ECS Task State Change" of a Fargate task of two containers, one of them out of memory."""
    task_id, container_ids = uuid4().hex, (uuid4(), uuid4())
    prefix = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    task = f"{prefix}:task/{place.cluster}/{task_id}"
    app = {
        "containerArn": f"{prefix}:container/{place.cluster}/{task_id}/{container_ids[0]}",
        "lastStatus": "STOPPED",
        "name": "app",
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{place.service}:2026.11.3",
        "imageDigest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "runtimeId": f"{task_id}-1234567890",
        "exitCode": 137,
        "reason": "OutOfMemoryError: Container killed due to memory usage",
        "cpu": "256",
        "memory": "512",
        "taskArn": task,
    }
    sidecar = {
        "containerArn": f"{prefix}:container/{place.cluster}/{task_id}/{container_ids[1]}",
        "lastStatus": "STOPPED",
        "name": "log-router",
        "exitCode": 0,
        "cpu": "64",
        "taskArn": task,
    }
    detail = {
        "availabilityZone": f"{REGION}b",
        "clusterArn": f"{prefix}:cluster/{place.cluster}",
        "containers": [app, sidecar],
        "createdAt": stamp(now),
        "cpu": "512",
        "desiredStatus": "STOPPED",
        "group": f"service:{place.service}",
        "lastStatus": "STOPPED",
        "launchType": "FARGATE",
        "memory": "1024",
        "platformVersion": "1.4.0",
        "startedBy": "ecs-svc/1234567890123456789",
        "startedAt": stamp(now),
        "stopCode": "EssentialContainerExited",
        "stoppedAt": stamp(now),
        "stoppedReason": "Essential container in task exited",
        "taskArn": task,
        "taskDefinitionArn": f"{prefix}:task-definition/{place.service}:7",
        "version": 5,
    }
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [task],
        "detail": detail,
    }


def _request(body: bytes, fields: dict[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in fields.items()]
    head = ["POST /sns HTTP/1.1", "Host: 127.0.0.1", *lines, f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body
