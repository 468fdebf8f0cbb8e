"""docs/logs.md lists every event that the bot's own lines tell, and no other; lines say what they are about."""

import ast
import json
import re
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from tests.aws.sns.sender import notification, sign
from tests.handlers.sns_door import KILLED, open_door

ROOT = Path(__file__).parents[1]
CODE = [ROOT / "app.py", *(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]


def events(path: Path) -> set[str]:
    """The names in `log.info("…")` and its like."""
    text = path.read_text()
    if "log." not in text:
        return set()
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and node.args]
    named = [
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
    ]
    return {name.value for name in named if isinstance(name, ast.Constant) and isinstance(name.value, str)}


def test_every_event_is_listed_and_no_other() -> None:
    rows = [line for line in (ROOT / "docs" / "logs.md").read_text().splitlines() if line.startswith("| ")]
    listed = {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row.rpartition(" | ")[2])}
    assert listed == {name for path in CODE for name in events(path)}


@pytest.mark.parametrize("path", [path for path in CODE if events(path)], ids=lambda path: path.stem)
def test_an_event_is_a_name_and_no_sentence(path: Path) -> None:
    assert [name for name in events(path) if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", name)] == []


async def test_a_delivery_names_its_message_and_its_incident(tmp_path: Path) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        async with open_door(tmp_path) as door:
            fields = sign(notification(Message=json.dumps(KILLED), Subject=None))
            await door.post(fields)
    [taken] = [line for line in lines if line["event"] == "delivery.taken"]
    assert (taken["message_id"], taken["incident_ids"]) == (fields["MessageId"], (1,))
