"""The guides name templates, parameters, settings, files and anchors that exist."""

import re
import shlex
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.command import run
from tests.deploy.template import ROOT, TEMPLATES, template

DOCS = ROOT / "docs"
INSTALL = (DOCS / "install.md").read_text()
GUIDES = [DOCS / f"{name}.md" for name in ("install", "upgrade", "security", "runbook")]
SETTINGS = {name.upper() for name in Settings.model_fields}
# Words in capitals that are no settings of ours: choices, placeholders, names in other systems.
OTHERS = {"KILLS", "KILLS_AND_ERRORS", "EVERY_STOP", "RULE_ARN", "ERROR_CODE", "YES", "NO", "DISABLED"}


def deployments() -> list[list[str]]:
    """The words of each `aws cloudformation deploy` of the guide."""
    blocks = re.findall(r"```sh\n(.*?)```", INSTALL, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [shlex.split(line) for line in lines if line.startswith("aws cloudformation deploy")]


DEPLOYMENTS = deployments()


def stack(words: list[str]) -> str:
    """The template's name."""
    return Path(words[words.index("--template-file") + 1]).stem


def overrides(words: list[str]) -> dict[str, str]:
    """The parameters that are given."""
    if "--parameter-overrides" not in words:
        return {}
    return dict(
        word.split("=", 1) for word in words[words.index("--parameter-overrides") + 1 :] if "=" in word
    )


@pytest.mark.parametrize("words", DEPLOYMENTS, ids=stack)
def test_a_deployment_gives_what_the_template_wants(words: list[str]) -> None:
    known = template(stack(words))["Parameters"]
    given = overrides(words)
    assert set(given) <= set(known)
    kept = {
        name
        for before in DEPLOYMENTS[: DEPLOYMENTS.index(words)]
        for name in overrides(before)
        if stack(before) == stack(words)
    }
    assert {name for name, one in known.items() if "Default" not in one} <= set(given) | kept
    for name, value in given.items():
        pattern = known[name].get("AllowedPattern")
        if pattern and "…" not in value:
            assert re.fullmatch(pattern, value), name


@pytest.mark.parametrize("words", DEPLOYMENTS, ids=stack)
def test_a_deployment_asks_for_the_capability_that_its_roles_need(words: list[str]) -> None:
    made = template(stack(words))["Resources"].values()
    roles = [one for one in made if one["Type"].startswith("AWS::IAM::")]
    named = [one for one in roles if one["Type"] == "AWS::IAM::Role" and "RoleName" in one["Properties"]]
    wanted = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM" if roles else None
    given = words[words.index("--capabilities") + 1] if "--capabilities" in words else None
    assert given == wanted


def test_the_dry_run_runs(tmp_path: Path) -> None:
    (block,) = re.findall(r"## A dry run\n.*?```sh\n(.*?)```", INSTALL, re.DOTALL)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {words[1] for words in lines if words[0] == "make"} <= set(targets)
    ((_, source, copy),) = [words for words in lines if words[0] == "cp"]
    (tmp_path / copy).write_bytes((ROOT / source).read_bytes())
    ((_, app, *words),) = [words for words in lines if words[0] == ".venv/bin/python"]
    assert app == "app.py"
    done = run(tmp_path, *words)
    assert (done.code, done.out[:4]) == (0, "ok: "), done.err


def test_every_template_is_explained() -> None:
    assert [path.name for path in TEMPLATES if path.name not in INSTALL] == []


def test_every_parameter_in_the_text_exists() -> None:
    known = {name for path in TEMPLATES for name in template(path.stem)["Parameters"]}
    known |= {name for path in TEMPLATES for name in template(path.stem).get("Outputs", {})}
    words = set(
        re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:=\w+)?`", "".join(path.read_text() for path in GUIDES))
    )
    others = {
        "DeadLettersPolicy",
        "DeletionProtection",
        "OomGuardReason",
        "Forbidden",
        "Unreachable",
        "Rejected",
        "Refused",
    }
    assert words - others - {"NotSent", "OutcomeUnknown"} <= known


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_setting_in_the_text_exists(guide: Path) -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", guide.read_text()))
    assert named - OTHERS <= SETTINGS


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_file_in_the_text_exists(guide: Path) -> None:
    named = re.findall(r"(?:deploy|docs|tests)/[\w./-]*\w", guide.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_anchor_in_the_text_exists(guide: Path) -> None:
    for target, anchor in re.findall(r"\]\(([\w/.-]*)#([\w-]+)\)", guide.read_text()):
        assert anchor in anchors(guide.parent / target if target else guide), f"{target}#{anchor}"


def test_the_settings_of_the_terraform_example_exist() -> None:
    [example] = re.findall(r"```hcl\n(.*?)```", INSTALL, re.DOTALL)
    known = re.findall(
        r'^variable "(\w+)"', (ROOT / "deploy/terraform/variables.tf").read_text(), re.MULTILINE
    )
    assert set(re.findall(r"^  (\w+)\s*=", example, re.MULTILINE)) - {"source"} <= set(known)
