"""The image's promise: with a read-only root, and /data and /tmp alone to write to, the bot starts, is ready and stops."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.command import REQUIRED
from tests.deploy.template import ROOT
from tests.nest import APP

# As the image's volumes: $1 stays writable, and nothing else does. The rest of the words is the command.
LOCKED_IN = (
    'set -e; mount --bind "$1" "$1"; '
    'awk \'$2 != "\'"$1"\'" {print $2}\' /proc/mounts | while read at; do mount -o remount,bind,ro "$at" || true; done '
    '2>/dev/null; cd "$2"; shift 2; exec "$@"'
)


def locked_in(volume: Path, *words: str) -> list[str]:
    """The command with a root that nobody can write to, but for the volume."""
    return ["unshare", "--mount", "sh", "-c", LOCKED_IN, "sh", str(volume), str(ROOT), *words]


def can_be_locked_in(volume: Path) -> bool:
    """Whether this machine lets us: containers without privileges do not."""
    if not shutil.which("unshare"):
        return False
    probe = f"! touch {ROOT}/.probe 2>/dev/null && touch {volume}/probe"
    done = subprocess.run(locked_in(volume, "sh", "-c", probe), capture_output=True, check=False)
    return done.returncode == 0


async def test_a_read_only_root_is_enough(tmp_path: Path) -> None:
    if not can_be_locked_in(tmp_path):
        pytest.skip("mounts cannot be made here")
    settings = REQUIRED | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/oom-guard.db",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ["PATH"],  # noqa: TID251 - a child's environment
    }
    process = await asyncio.create_subprocess_exec(
        *locked_in(tmp_path, sys.executable, str(APP), "serve", "--migrate"),
        env=settings,
        stdout=-1,
        stderr=-1,
    )
    assert process.stdout is not None
    said: dict[str, Any] = {}
    async with asyncio.timeout(60):
        while said.get("event") != "serving":
            line = await process.stdout.readline()
            assert line, "it ended"
            said = json.loads(line)
    host, port = said["address"]
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/readyz") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    assert process.returncode == 0, out
    assert b"Read-only" not in out
