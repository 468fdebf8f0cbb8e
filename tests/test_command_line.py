"""The command line: it explains itself, names what is wrong, and says it in sentences."""

import json
import socket
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.aws.sns.sender import TOPIC, notification
from tests.command import REQUIRED, SECRETS, Ended, run
from tests.handlers.sns_door import KILLED

PASSWORD = "pa55word"


def serve(folder: Path, **settings: str) -> Ended:
    """A start that must fail: in a sentence, without a traceback or a secret."""
    ended = run(folder, "serve", settings=REQUIRED | settings)
    assert ended.code == 1
    assert ended.err.startswith("Error: ")
    assert "Traceback" not in ended.err + ended.out
    for secret in (*SECRETS.values(), PASSWORD):
        assert secret not in ended.err + ended.out
    return ended


@pytest.mark.parametrize(
    ("words", "explained"),
    [
        pytest.param(
            ["--help"], ["audit", "classify", "migrate", "serve", "docs/configuration.md"], id="all"
        ),
        pytest.param(["-h"], ["classify", "migrate", "serve"], id="for short"),
        pytest.param(["serve", "--help"], ["--migrate", "PORT"], id="serve"),
        pytest.param(["migrate", "--help"], ["DATABASE_URL"], id="migrate"),
        pytest.param(["classify", "--help"], ["FILE", "Exits with 1"], id="classify"),
        pytest.param(["check-config", "--help"], ["FILE", "--schema", "exits with 1"], id="check-config"),
        pytest.param(["audit", "--help"], ["--json", "--cluster", "Exits with 1"], id="audit"),
    ],
)
def test_it_explains_itself(tmp_path: Path, words: list[str], explained: list[str]) -> None:
    ended = run(tmp_path, *words)
    assert (ended.code, ended.err) == (0, "")
    for word in explained:
        assert word in ended.out


def test_all_that_is_missing_or_wrong_is_named_at_once(tmp_path: Path) -> None:
    wrong = {
        "SNS_TOPIC_ARNS": "oom-alerts",
        "ROUTES": "[{",
        "SNS_EMULATOR_ORIGIN": "http://8.8.8.8:4566",
        "PORT": "eighty",
        "LOG_LEVEL": "chatty",
    }
    ended = run(tmp_path, "serve", settings=wrong)
    assert ended.code == 1
    named = {line.strip().partition(":")[0] for line in ended.err.splitlines() if line.startswith("  ")}
    assert named == {*wrong, *SECRETS, "SLACK_CHANNEL"}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("ROUTES", "C1", "ROUTES: this is not JSON", id="routes that are no JSON"),
        pytest.param("ROUTES", '[{"chanel": "C1"}]', "ROUTES.0.CHANEL", id="a slip of the pen in a route"),
        pytest.param("SNS_TOPIC_ARNS", "oom", "'oom' is not the ARN of an SNS topic", id="a bad topic"),
        pytest.param("SNS_TOPIC_ARNS", f"{TOPIC}.fifo", "FIFO", id="a FIFO topic"),
        pytest.param(
            "SNS_EMULATOR_ORIGIN", "https://sns.example.com", "private network", id="public emulator"
        ),
        pytest.param("SNS_ALLOW_RAW", TOPIC, "SNS_BASIC_AUTH only", id="raw deliveries from anybody"),
        pytest.param("SNS_BASIC_AUTH", PASSWORD, "user:password", id="a password without a user"),
        pytest.param("SNS_SIGNATURE_VERSIONS", "3", "'1' or '2'", id="a signature version of the future"),
        pytest.param("DATABASE_URL", "mysql://db/oom", "not mysql://", id="a database of another kind"),
        pytest.param("DATABASE_URL", PASSWORD, "DATABASE_URL is not a database URL", id="no URL at all"),
        pytest.param(
            "DATABASE_URL", f"postgresql://oom:{PASSWORD}@127.0.0.1:9/oom", "127.0.0.1", id="nobody listens"
        ),
        pytest.param(
            "DATABASE_URL", "sqlite:////proc/no/oom.db", "cannot be opened", id="no place for a file"
        ),
    ],
)
def test_a_wrong_setting_ends_the_start(tmp_path: Path, name: str, value: str, told: str) -> None:
    assert told in serve(tmp_path, **{name: value}).err


def test_raw_deliveries_of_a_topic_that_is_not_listened_to(tmp_path: Path, sqlite_url: str) -> None:
    ended = serve(
        tmp_path, DATABASE_URL=sqlite_url, SNS_ALLOW_RAW=f"{TOPIC}-2", SNS_BASIC_AUTH=f"sns:{PASSWORD}"
    )
    assert f"{TOPIC}-2" in ended.err


def test_a_store_without_migrations(tmp_path: Path) -> None:
    assert "run: python app.py migrate" in serve(tmp_path).err


def test_a_file_that_another_process_has(tmp_path: Path, sqlite_url: str) -> None:
    db = Database.open(sqlite_url)
    try:
        assert "in use by another process" in serve(tmp_path, DATABASE_URL=sqlite_url).err
    finally:
        db._lock.release()  # type: ignore[union-attr]  # a file has one


def test_a_port_that_is_taken(tmp_path: Path, sqlite_url: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = serve(tmp_path, DATABASE_URL=sqlite_url, PORT=str(port))
    assert f"cannot listen on 127.0.0.1:{port}" in ended.err


def test_an_address_of_another_machine(tmp_path: Path, sqlite_url: str) -> None:
    ended = serve(tmp_path, DATABASE_URL=sqlite_url, HOST="192.0.2.1")
    assert "cannot listen on 192.0.2.1" in ended.err


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    first, second = run(tmp_path, "migrate"), run(tmp_path, "migrate")
    assert (first.code, second.code) == (0, 0)
    assert first.err.startswith("Applied migrations: 0001")
    assert second.err == "The store is up to date.\n"
    assert (tmp_path / "var" / "oom-guard.db").exists()


def test_migrating_a_server(tmp_path: Path, postgres_url: str) -> None:
    ended = run(tmp_path, "migrate", settings={"DATABASE_URL": postgres_url})
    assert (ended.code, ended.err) == (0, "The store is up to date.\n")


def test_migrating_what_is_no_database(tmp_path: Path) -> None:
    ended = run(tmp_path, "migrate", settings={"DATABASE_URL": f"mysql://oom:{PASSWORD}@db/oom"})
    assert ended.code == 1
    assert ended.err.startswith("Error: DATABASE_URL must be ")
    assert PASSWORD not in ended.err


def test_files_are_classified_one_line_each(tmp_path: Path) -> None:
    sentence = f"\"Task '{KILLED['resources'][0]}' was stopped due to OutOfMemory.\""  # type: ignore[index]
    files = {
        "event.json": json.dumps(KILLED),
        "sns.json": json.dumps(notification(Message=json.dumps(KILLED))),
        "sentence.txt": sentence,
        "broken.json": '{"detail": ',
        "empty.txt": "",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    ended = run(tmp_path, "classify", *files)
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [(answer["file"], answer["verdict"], len(answer["kills"])) for answer in answers] == [
        ("event.json", "oom", 1),
        ("sns.json", "oom", 1),
        ("sentence.txt", "oom", 1),
        ("broken.json", "none", 0),
        ("empty.txt", "none", 0),
    ]
    assert all(answer["why"] for answer in answers)
    assert (ended.code, ended.err) == (0, "")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_classified(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text(json.dumps(KILLED))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    (tmp_path / "folder").mkdir()
    ended = run(tmp_path, "classify", "missing.json", "picture.png", "folder", "event.json")
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["none", "none", "none", "oom"]
    assert ["could not be read" in answer["why"] for answer in answers] == [True, True, True, False]
    assert (ended.code, ended.err) == (1, "")


def test_classifying_nothing_is_a_misuse(tmp_path: Path) -> None:
    ended = run(tmp_path, "classify")
    assert ended.code == 2
    assert "FILE" in ended.err
