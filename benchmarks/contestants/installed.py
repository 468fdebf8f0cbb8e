"""Installed: puts the contestants that are not ours into a cache, each with its own packages."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.process import Start

_HERE = Path(__file__).parent
_FLASK = ("flask", "gunicorn", "aws-sns-message-validator==0.0.5")
_EXPRESS = ("express", "sns-validator@0.3.5")
_PATIENCE_S = 300


class CannotInstall(Exception):
    """A contestant stays at home; the message says why."""


def flask(cache: Path, pem: Path) -> Start:
    """Flask under gunicorn, one process with as many threads as serve it well; raises CannotInstall."""
    venv = cache / "flask"
    if not (venv / "installed").exists():
        _run([sys.executable, "-m", "venv", str(venv)])
        _run([str(venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *_FLASK])
        (venv / "installed").touch()
    options = ["--workers", "1", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30"]
    where = ["--bind", "127.0.0.1:{port}", "--chdir", str(_HERE)]
    return Start([str(venv / "bin/gunicorn"), *options, *where, f'flask_endpoint:endpoint("{pem}")'])


def express(cache: Path, pem: Path) -> Start:
    """Express on Node, one process; raises CannotInstall."""
    node = shutil.which("node")
    if node is None:
        raise CannotInstall("Node is not installed")
    folder = cache / "express"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *_EXPRESS])
        (folder / "installed").touch()
    shutil.copy(_HERE / "express_endpoint.js", folder)  # Node looks for packages beside the script
    return Start([node, str(folder / "express_endpoint.js"), "{port}", str(pem)])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstall(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise CannotInstall(f"{command[0]} failed: {said[-1] if said else done.returncode}")
