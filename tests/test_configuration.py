"""The configuration file: it says what the environment can say, and what is wrong with it is named with its place."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.configuration import shape
from bot.configuration.editor_schema import editor_schema
from bot.configuration.fault import Misconfigured
from bot.configuration.lines import line_of
from bot.configuration.places import HEADS, NAMES, SECTIONS, place_of
from bot.configuration.reading import Reading, read
from bot.look_settings import LookSettings
from bot.settings import Settings

EXAMPLE = Path(__file__).parents[1] / "oomguard.example.toml"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:oom"
SECRETS = {"SLACK_BOT_TOKEN": "xoxb-hidden", "SLACK_SIGNING_SECRET": "hidden-secret"}
ENOUGH = {**SECRETS, "SNS_TOPIC_ARNS": TOPIC, "SLACK_CHANNEL": "C0ENV"}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def reading(text: str, **environ: str) -> Reading[Settings]:
    Path("oomguard.toml").write_text(text, encoding="utf-8")
    return read(Settings, {**ENOUGH, **environ})


def settings(text: str, **environ: str) -> Settings:
    return reading(text, **environ).settings


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        read(Settings, environ)
    assert "hidden" not in str(caught.value)
    return [str(fault) for fault in caught.value.faults]


def uncommented() -> str:
    """The example with all its defaults switched on; the file that it names is here."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line[1:] if line[:1] == "#" and line[1:2].isalpha() else line for line in lines)
    return text.replace("/run/secrets/staging_external_id", "id")


@pytest.mark.parametrize(
    "text", [pytest.param(EXAMPLE.read_text(), id="as it is"), pytest.param(uncommented(), id="all of it")]
)
def test_the_example_is_right(text: str) -> None:
    Path("id").write_text("external", encoding="utf-8")
    found = settings(text, SLACK_CHANNEL="", SNS_TOPIC_ARNS="")
    assert [route.channel for route in found.routes] == ["C0PAYMENTS", "C0STAGING0"]
    assert found.as_accounts().name("123456789012") == "prod-eu"
    assert len(found.policy.grants) == 2
    Draft202012Validator(editor_schema()).validate(tomllib.loads(text))


def test_what_the_example_calls_a_default_is_one() -> None:
    Path("id").write_text("external", encoding="utf-8")
    usual, shown = settings(""), settings(uncommented())
    examples = {"sqs_queue_urls", "watched_clusters", "audit_channel", "working_hours"} | {
        "slack_operator_channel",
        "aws_role_arn_pattern",
        "aws_resize_role_arn_pattern",
    }
    said = EXAMPLE.read_text(encoding="utf-8")
    for place, name in NAMES.items():
        if f"\n#{place[-1]} = " in said and name not in examples:
            assert getattr(shown, name) == getattr(usual, name), name


# What is not in the example: secrets, what the place of the process decides, and what only a sandbox sets.
UNUSUAL = {"account_names", "database_url", "host", "port", "shutdown_seconds", "slack_api_url"} | {
    "sns_allow_raw",
    "sns_emulator_origin",
}


def test_the_example_shows_every_setting() -> None:
    shown = tomllib.loads(uncommented())
    sections = {(head, key) for head in HEADS for key in shown.get(head, {})}
    secret = {
        "slack_bot_token",
        "slack_signing_secret",
        "slack_app_token",
        "sns_basic_auth",
        "aws_external_id",
    }
    missing = {name for place, name in NAMES.items() if place not in sections | {(key,) for key in shown}}
    assert missing == UNUSUAL | secret


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param("language = 'zh-CN'", "language", "zh-CN", id="at the top"),
        pytest.param("[storm]\nservices = 5", "storm_services", 5, id="in its section"),
        pytest.param("[thresholds]\nnear_miss_percent = 80", "near_miss_percent", 80, id="a threshold"),
        pytest.param("watched_clusters = ['a', 'b']", "watched_clusters", ("a", "b"), id="a list"),
        pytest.param(
            "watched_clusters = 'a, b'", "watched_clusters", ("a", "b"), id="a list as in a variable"
        ),
        pytest.param(
            "[account_names]\n123456789012 = 'prod'", "account_names", {"123456789012": "prod"}, id="a table"
        ),
    ],
)
def test_it_says(text: str, name: str, value: object) -> None:
    assert getattr(settings(text), name) == value


def test_the_environment_wins_and_this_is_told() -> None:
    found = reading("[slack]\nchannel = 'C0FILE'\noperator_channel = 'C0OPS'")
    assert found.settings.slack_channel == "C0ENV"
    assert found.settings.operator_channel == "C0OPS"
    [warning] = found.warnings
    assert warning.startswith(
        "SLACK_CHANNEL is set in the environment, which wins over oomguard.toml, line 2"
    )


def test_an_empty_variable_does_not_win() -> None:
    assert settings("[slack]\nchannel = 'C0FILE'", SLACK_CHANNEL="").slack_channel == "C0FILE"


def test_a_part_of_the_settings_takes_its_part_of_the_file() -> None:
    Path("oomguard.toml").write_text("[aws]\nregion = 'eu-north-1'\n[slack]\nchannel = 'C1'")
    assert read(LookSettings, {}).settings.aws_region == "eu-north-1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "\n[slack]\nchanel = 'C1'",
            "line 3, slack.chanel: there is no such setting; did you mean channel under [slack]?",
            id="a slip of the pen",
        ),
        pytest.param(
            "slack_channel = 'C1'",
            "line 1, slack_channel: there is no such setting; did you mean channel under [slack]?",
            id="the variable's name",
        ),
        pytest.param(
            "[slack]\nowner = 'U1'",
            "line 2, slack.owner: there is no such setting; did you mean owner (above the first section)?",
            id="in the section that was begun before",
        ),
        pytest.param(
            "[thresholds]\nnear_mis_percent = 1",
            "line 2, thresholds.near_mis_percent: there is no such setting; did you mean near_miss_percent under",
            id="a threshold",
        ),
        pytest.param("zzz = 1", "zzz: there is no such setting; docs/configuration.md", id="nothing like it"),
        pytest.param("slack = 'C1'", "line 1, slack: this is a section: write [slack]", id="no section"),
        pytest.param("[language]\na = 1", "language: this is a setting and no section", id="no setting"),
        pytest.param("oom_config = 'x'", "oom_config: there is no such setting", id="a file about itself"),
        pytest.param(
            "[[routes]]\nchannel = 'C1'\n[[routes]]\nchannel = 'C2'\ncluser = 'x'",
            "line 5, routes[1].cluser: there is no such key; did you mean cluster?",
            id="in a route",
        ),
        pytest.param(
            "routes = [{channel = 'C1'}, {channel = ''}]",
            "line 1, routes[1].channel: ",
            id="a route in a line",
        ),
        pytest.param(
            "[[policy.grants]]\nrole = 'viewer'\nwho = ['nobody']",
            "line 3, policy.grants[0].who: 'nobody' is nobody",
            id="in the policy",
        ),
        pytest.param(
            "[accounts.'12']\nname = 'x'", "line 1, accounts.12: String should match", id="no account's id"
        ),
        pytest.param("[storm]\nservices = 1", "line 2, storm.services: Input should be", id="out of bounds"),
        pytest.param("a = ", "oomguard.toml: this is not TOML: Invalid value (at", id="no TOML"),
        pytest.param("a = " + "[" * 5000, "oomguard.toml: this is not TOML", id="a TOML bomb"),
        pytest.param("#" * 1_100_000, "it has more than 1024 KiB", id="a large file"),
        pytest.param(
            "[slack]\nbot_token = 'hidden'",
            "line 2, slack.bot_token: a secret does not belong in this file: set SLACK_BOT_TOKEN in the environment, "
            "or SLACK_BOT_TOKEN_FILE",
            id="a secret",
        ),
        pytest.param(
            "[accounts.123456789012]\nexternal_id = 'hidden'",
            "line 2, accounts.123456789012.external_id: a secret does not belong in this file: write external_id_file",
            id="a secret inside",
        ),
        pytest.param(
            "database_url = 'postgresql://oom:hidden@db/oom'", "database_url: a secret", id="a password"
        ),
        pytest.param(
            "database_url = 'postgresql://db/oom?password=hidden'", "database_url: a secret", id="elsewhere"
        ),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, told: str) -> None:
    Path("oomguard.toml").write_text(text, encoding="utf-8")
    [fault] = faults(ENOUGH)
    assert told in fault
    assert fault.startswith("oomguard.toml")


def test_all_faults_of_all_sources_at_once() -> None:
    Path("oomguard.toml").write_text("port = 'x'\n[log]\nlevel = 'chatty'\n", encoding="utf-8")
    wheres = [one.split(":")[0] for one in faults({"SHUTDOWN_SECONDS": "-1"})]
    assert {"oomguard.toml, line 1, port", "oomguard.toml, line 3, log.level", "SHUTDOWN_SECONDS"} < set(
        wheres
    )
    assert {"SLACK_BOT_TOKEN", "SLACK_CHANNEL"} < set(wheres)


def test_what_is_missing_is_told_with_where_it_may_stand() -> None:
    told = faults({})
    assert "SLACK_CHANNEL: missing: set SLACK_CHANNEL, or channel under [slack] in oomguard.toml" in told
    assert any(
        one.startswith("SLACK_BOT_TOKEN: missing: set SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE")
        for one in told
    )


def test_a_file_that_is_named_must_be_there() -> None:
    assert faults(ENOUGH | {"OOM_CONFIG": "gone.toml"}) == [
        "gone.toml: it cannot be read: No such file or directory"
    ]
    assert read(Settings, ENOUGH).settings.slack_channel == "C0ENV"  # and the usual one need not


def test_every_setting_has_one_place() -> None:
    assert len(NAMES) == len(Settings.model_fields) - 1  # a file cannot say where it is
    assert not HEADS & set(Settings.model_fields), "a section that is a setting as well"
    assert set(SECTIONS) <= HEADS, "a section without settings"


def test_secrets_are_no_part_of_the_editors_schema() -> None:
    schema = json.dumps(editor_schema())
    assert "writeOnly" not in schema
    assert "external_id_file" in schema
    sections = editor_schema()["properties"]
    for place, name in NAMES.items():
        table = sections if len(place) == 1 else sections[place[0]]["properties"]
        assert (place[-1] in table) is not shape.is_secret(shape.at((name,))), name


@pytest.mark.parametrize(
    ("key", "line"),
    [
        pytest.param(("slack", "channel"), 3, id="in a section"),
        pytest.param(("top",), 1, id="at the top"),
        pytest.param(("routes", 0, "name"), 6, id="in the first of a list"),
        pytest.param(("routes", 1, "channel"), 9, id="in the second"),
        pytest.param(("routes", 1, "tags", "a b"), 11, id="below it"),
        pytest.param(("routes", 1, "owner"), 8, id="what is missing, where it belongs"),
        pytest.param(("slack", "no"), 2, id="a section for what is not in it"),
        pytest.param(("nowhere",), None, id="nowhere"),
    ],
)
def test_lines(key: tuple[str | int, ...], line: int | None) -> None:
    text = (
        "top = 1\n[slack]\nchannel = 1\n\n[[routes]] # first\nname = 1\n\n[[routes]]\nchannel = 2\n"
        '[routes.tags]\n"a b" = 1\n'
    )
    assert line_of(text, key) == line


def test_places_read_as_variables_do() -> None:
    assert [place_of(name) for name in ("slack_channel", "owner_tags", "near_miss_percent")] == [
        ("slack", "channel"),
        ("owner_tags",),
        ("thresholds", "near_miss_percent"),
    ]
