"""Documentation: what people can type is documented, and what is documented exists."""

import re
from pathlib import Path

import pytest

from bot.domain.command.verb import VERBS, Verb
from bot.domain.kills.verdict import Verdict

ROOT = Path(__file__).parents[1]
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
VERDICTS = (ROOT / "docs" / "verdicts.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_is_documented_with_its_usage(verb: Verb) -> None:
    assert f"/oom {verb.name} {verb.usage}".rstrip() in COMMANDS.replace("\\|", "|")


def test_no_verb_is_documented_that_is_none() -> None:
    assert set(re.findall(r"`/oom (\w+)", COMMANDS)) == {verb.name for verb in VERBS}


@pytest.mark.parametrize("verdict", [*Verdict])
def test_every_verdict_is_documented(verdict: Verdict) -> None:
    assert f"| `{verdict.value}` |" in VERDICTS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
