"""`python app.py doctor`: aligned and readable without colour, for machines, with an exit status, beside a running bot."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from bot.doctor_command import as_lines, doctor_command, examined
from bot.domain.checkup.checkup import Area, Checkup, State, broken, checkup, ok, unseen
from bot.settings import Settings
from bot.store.database import Database
from sandbox.clock import SystemClock
from sandbox.sandbox import Sandbox

LINES = checkup(
    [
        ok(Area.SLACK, "Bot token", "@oomguard in Acme"),
        broken(Area.STORE, "Migrations", "at 0011", "Bring it up to date.", "python app.py migrate"),
        unseen(Area.AWS, "Identity", "no \x1b[31manswer\x07").of("staging"),
    ]
)


def test_the_state_stands_first_and_in_words() -> None:
    plain = [line for line in map(_unstyled, as_lines(LINES)) if line]
    assert plain == [
        "Slack",
        "  ok             Bot token: @oomguard in Acme",
        "AWS",
        "  not looked at  Identity [staging]: no  [31manswer ",
        "Store",
        "  broken         Migrations: at 0011",
        "                 → Bring it up to date.",
        "                   python app.py migrate",
        "3 lines: 1 broken, 1 not looked at, 1 ok.",
    ]


def _unstyled(line: str) -> str:
    import click  # noqa: PLC0415

    return click.unstyle(line)


@dataclass(frozen=True)
class Outside:
    """A sandbox and a migrated store that a bot has locked."""

    sandbox: Sandbox
    settings: Settings


@pytest.fixture
async def outside(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    db = Database.open(sqlite_url)
    async with Sandbox(clock=SystemClock()) as sandbox:
        environment = sandbox.environment(9, sqlite_url)
        for name, value in environment.items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)
        values = {name.lower(): value for name, value in environment.items()}
        yield Outside(sandbox, Settings(**values))  # type: ignore[arg-type]  # as texts, as the environment has them
    await db.close()


async def test_it_looks_beside_a_running_bot_and_disturbs_nothing(outside: Outside) -> None:
    found = await examined(outside.settings)
    states = {one.what: one.state for one in found.checks}
    assert states["Bot token"] is State.OK
    assert states["Store"] is State.OK
    assert states["Migrations"] is State.OK
    assert states["Subscription to oom-guard"] is State.BROKEN
    assert {one.area for one in found.checks} == set(Area)
    assert not [one for one in outside.sandbox.wire.entries() if one.kind.startswith("chat.")]


def run(found: Checkup, monkeypatch: pytest.MonkeyPatch, *words: str, **environment: str) -> tuple[int, str]:
    async def canned(_settings: Settings) -> Checkup:
        return found

    monkeypatch.setattr("bot.doctor_command.examined", canned)
    command = doctor_command(lambda: None)  # type: ignore[arg-type, return-value]  # it is not looked at
    done = CliRunner().invoke(command, list(words), env=environment, color=True)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "environment", "is_coloured"),
    [
        pytest.param([], {"NO_COLOR": "yes please"}, False, id="NO_COLOR, whatever it says"),
        pytest.param(["--color", "never"], {}, False, id="never"),
        pytest.param(["--color", "always"], {"NO_COLOR": "1"}, True, id="always"),
    ],
)
def test_colour(
    words: list[str], environment: dict[str, str], is_coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out = run(LINES, monkeypatch, *words, **environment)
    assert code == 1
    assert ("\x1b[31mbroken" in out) is is_coloured


def test_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = run(checkup([LINES.checks[0]]), monkeypatch, "--json")
    told = json.loads(out)
    assert (code, told["state"], told["counts"]["ok"]) == (0, "ok", 1)
    assert told["checks"][0] == {
        "area": "Slack",
        "what": "Bot token",
        "state": "ok",
        "found": "@oomguard in Acme",
        "fix": "",
        "command": "",
        "account": "",
    }


def test_strictly_what_was_not_looked_at_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    only_unseen = checkup([LINES.checks[2]])
    assert run(only_unseen, monkeypatch)[0] == 0
    assert run(only_unseen, monkeypatch, "--strict")[0] == 3
