"""Logs: the libraries' lines have the form of our own, and tell no secrets."""

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from bot import logs
logs.configure(level="debug", as_json=True)
log = logging.getLogger("slack_bolt.AsyncApp")
log.debug("token=%s", "xoxb-secret")
log.warning("As you gave %s", "client")
def trip():
    token = "xoxb-" + "secret"
    raise ValueError("tripped")
try:
    trip()
except ValueError:
    log.exception("Unhandled exception")
    structlog.get_logger("ours").exception("ours")
"""


def test_the_libraries_lines_have_the_form_of_our_own() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    warning, theirs, ours = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert (warning["event"], warning["level"], warning["logger"]) == (
        "As you gave client",
        "warning",
        "slack_bolt.AsyncApp",
    )
    assert ours.keys() <= theirs.keys()
    assert theirs["exception"][0]["exc_value"] == ours["exception"][0]["exc_value"] == "tripped"
    assert "xoxb" not in done.stdout
