"""docs/commands.md lists the commands of the command line, all of them and no others."""

import re
from pathlib import Path

from tests.command import run

PAGE = (Path(__file__).parents[1] / "docs" / "commands.md").read_text()


def test_every_command_of_the_command_line_is_documented(tmp_path: Path) -> None:
    told = run(tmp_path, "--help").out.partition("\nCommands:\n")[2]
    commands = set(re.findall(r"^  (\S+)", told, re.MULTILINE))
    assert "serve" in commands
    assert set(re.findall(r"^\| `python app\.py (\S+?)[ `]", PAGE, re.MULTILINE)) == commands
