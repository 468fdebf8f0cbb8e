"""The container: its Dockerfile is linted and followed step by step, for there is no Docker daemon to build it."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.settings import Settings
from tests.deploy.template import ROOT

DOCKERFILE = ROOT / "Dockerfile"
LINTER = Path(sys.executable).with_name("hadolint")
INSTRUCTIONS = re.sub(r"\\\n", " ", DOCKERFILE.read_text()).splitlines()


def of(instruction: str) -> list[str]:
    """What follows an instruction, once for each."""
    return [line.partition(" ")[2].strip() for line in INSTRUCTIONS if line.split(" ")[0] == instruction]


@pytest.mark.skipif(not LINTER.exists(), reason="hadolint has no wheel for this platform")
def test_the_linter_has_nothing_to_say() -> None:
    done = subprocess.run([LINTER, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def sources() -> set[str]:
    """What is copied from the repository."""
    return {source for line in of("COPY") if not line.startswith("--from") for source in line.split()[:-1]}


def test_all_that_is_copied_is_there_and_let_into_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == sources()
    assert [source for source in sources() if not (ROOT / source).exists()] == []


def test_it_runs_as_a_number_that_is_not_root() -> None:
    [user] = of("USER")
    assert re.fullmatch(r"[1-9][0-9]{3,}:[1-9][0-9]{3,}", user)
    assert f"-o {user.split(':')[0]} -g {user.split(':')[1]} -m 0700 /data" in DOCKERFILE.read_text()


def test_no_secret_is_in_the_image() -> None:
    assert not of("ARG")
    assert not re.search(r"xox|SECRET|TOKEN|PASSWORD", DOCKERFILE.read_text())


def test_only_hashed_packages_are_installed() -> None:
    assert [line for line in of("RUN") if "pip install" in line and "--require-hashes" not in line] == []


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder /app as the Dockerfile would make it."""
    for source in sources() - {"requirements.txt"}:
        (tmp_path / Path(source).name).symlink_to(ROOT / source)
    return tmp_path


def test_the_command_runs_from_what_was_copied(image: Path) -> None:
    [entry], [command] = of("ENTRYPOINT"), of("CMD")
    words = [*yaml.safe_load(entry), *yaml.safe_load(command)]
    assert words == ["python", "app.py", "serve", "--migrate"]
    done = subprocess.run(
        [sys.executable, *words[1:], "--help"], cwd=image, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--migrate" in done.stdout


@pytest.mark.parametrize(
    ("status", "code"), [pytest.param(200, 0, id="well"), pytest.param(503, 1, id="not well")]
)
async def test_the_health_check_asks_over_http(status: int, code: int) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/healthz", answer)
    async with TestServer(application) as server:
        assert await checked(str(server.make_url("/healthz"))) == code


async def test_the_health_check_of_nobody() -> None:
    assert await checked("http://127.0.0.1:1/healthz") == 1


async def checked(url: str) -> int | None:
    process = await asyncio.create_subprocess_exec(sys.executable, "healthcheck.py", url, cwd=ROOT / "deploy")
    return await process.wait()


def test_health_is_asked_at_the_port_of_the_environment() -> None:
    [check] = of("HEALTHCHECK")
    assert check.endswith('CMD ["sh", "-c", "python healthcheck.py http://127.0.0.1:$PORT/healthz"]')
    assert "PORT=8080" in " ".join(of("ENV"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text()))


def test_compose_locks_the_bot_in(compose: dict[str, Any]) -> None:
    bot = compose["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["ports"] == ["127.0.0.1:8080:8080"], "a proxy with a certificate stands before it"
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "ports" not in compose["services"]["database"]
    assert set(compose["volumes"]) == {"database"}


def test_compose_waits_as_long_as_a_stop_takes(compose: dict[str, Any]) -> None:
    grace_s = int(compose["services"]["bot"]["stop_grace_period"].removesuffix("s"))
    assert grace_s >= Settings.model_fields["shutdown_seconds"].default + 5


def test_every_line_of_the_example_is_a_setting(compose: dict[str, Any]) -> None:
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")]
    known = {name.upper() for name in Settings.model_fields}
    assert {line.partition("=")[0] for line in lines} - {"POSTGRES_PASSWORD"} <= known
    assert set(compose["services"]["bot"]["environment"]) <= known
    secret = [line for line in lines if re.search(r"TOKEN|SECRET|PASSWORD", line)]
    assert secret
    assert all(line.endswith("=") for line in secret)


def test_the_procfile_runs_commands_that_exist() -> None:
    phases = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert phases == {"release": "python app.py migrate", "web": "python app.py serve"}
