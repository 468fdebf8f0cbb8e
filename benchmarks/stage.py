"""The stage: a folder, a signer, the outside world and the bot in it, as processes of their own."""

import contextlib
import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.letters import REGION, TOPIC, Post
from benchmarks.process import LOAD_CORE, Server, Start, as_in_the_image, free_port, running
from sandbox.aws.certificates import Signer, new_key

SIGNING_SECRET = "benchmark-signing-secret"
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Stage:
    """What every benchmark of the running bot needs; the outside world answers at once and refuses nothing."""

    folder: Path
    post: Post
    outside: Server

    @property
    def origin(self) -> str:
        """The outside world's address."""
        return f"http://127.0.0.1:{self.outside.port}"

    @property
    def pem(self) -> Path:
        """The file with the certificate."""
        return self.folder / "certificate.pem"

    def environment(self, database_url: str, **changes: str) -> dict[str, str]:
        """Settings of a bot that lives here."""
        return {
            "PATH": _PATH,
            **as_in_the_image(self.folder),
            "HOST": "127.0.0.1",
            "DATABASE_URL": database_url,
            "SNS_TOPIC_ARNS": TOPIC,
            "SNS_EMULATOR_ORIGIN": self.origin,
            "SLACK_BOT_TOKEN": "xoxb-benchmark",
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_CHANNEL": "C0000001",
            "SLACK_API_URL": f"{self.origin}/slack/api/",
            "AWS_ENDPOINT_URL": f"{self.origin}/aws",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_EC2_METADATA_DISABLED": "true",
            **changes,
        }

    def sqlite_url(self, name: str) -> str:
        """A database file in the folder."""
        return f"sqlite:///{self.folder / name}.db"

    def asked(self) -> list[tuple[int, str, str]]:
        """What Slack was asked for: nanoseconds of the monotonic clock, method, service."""
        with urllib.request.urlopen(f"{self.origin}/readyz", timeout=30) as answer:
            return [(at, method, service) for at, method, service in json.load(answer)]


@contextlib.contextmanager
def staged() -> Iterator[Stage]:
    """A stage until the block ends."""
    signer = Signer(datetime.now(UTC), new_key())
    with tempfile.TemporaryDirectory(prefix="oom-guard-bench-") as name:
        folder = Path(name)
        (folder / "certificate.pem").write_bytes(signer.pem)
        command = [sys.executable, "-m", "benchmarks.outside", "{port}", str(folder / "certificate.pem")]
        with running(Start(command, cores=frozenset({LOAD_CORE})), folder) as outside:
            yield Stage(folder, Post(signer, f"http://127.0.0.1:{outside.port}"), outside)


@contextlib.contextmanager
def bot(
    folder: Path, environment: Mapping[str, str], cores: frozenset[int] | None, port: int | None = None
) -> Iterator[Server]:
    """The bot as `app.py serve` runs it."""
    at = port or free_port()
    start = Start([sys.executable, "app.py", "serve"], {**environment, "PORT": str(at)}, cores=cores)
    with running(start, folder, at) as server:
        yield server
