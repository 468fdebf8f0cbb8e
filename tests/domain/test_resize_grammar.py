"""What a person types to change memory, and what an alert's thread lets them leave out."""

import pytest

from bot.domain.command.command import (
    AskResize,
    AskRollback,
    Command,
    FreezeChanges,
    History,
    Misuse,
    ThawChanges,
)
from bot.domain.command.grammar import parse
from bot.domain.command.implied import with_target
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject

CHECKOUT = Subject("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("resize checkout", AskResize("checkout"), id="as the diagnosis recommends"),
        pytest.param("resize checkout +512M", AskResize("checkout", amount="+512M"), id="more"),
        pytest.param("resize checkout -256M", AskResize("checkout", amount="-256M"), id="less is no option"),
        pytest.param("resize checkout 1.5x", AskResize("checkout", amount="1.5x"), id="a factor"),
        pytest.param(
            "resize checkout app 2G", AskResize("checkout", "app", "2G"), id="one of its containers"
        ),
        pytest.param("resize checkout 2G app", AskResize("checkout", "app", "2G"), id="the other way round"),
        pytest.param("resize checkout auto", AskResize("checkout", amount="auto"), id="auto"),
        pytest.param("resize 2G", AskResize("2G"), id="a service named like an amount"),
        pytest.param("resize checkout --container 2G", AskResize("checkout", "2G"), id="so is a container"),
        pytest.param(
            "resize checkout --dry-run 2G", AskResize("checkout", amount="2G", is_dry_run=True), id="dry run"
        ),
        pytest.param(
            "resize checkout —dry-run", AskResize("checkout", is_dry_run=True), id="a phone's long dash"
        ),
        pytest.param(
            'resize checkout 2G --reason "dies at noon" --dry-run',
            AskResize("checkout", amount="2G", is_dry_run=True, reason="dies at noon"),
            id="a reason in quotes",
        ),
        pytest.param(
            "resize checkout 2G --reason dies at 12",
            AskResize("checkout", amount="2G", reason="dies at 12"),
            id="a reason without quotes is all the rest",
        ),
        pytest.param("rollback checkout", AskRollback("checkout"), id="rollback"),
        pytest.param("undo checkout too slow", AskRollback("checkout", "too slow"), id="with a reason"),
        pytest.param("history checkout 2", History("checkout", 2), id="history"),
        pytest.param("freeze Black Friday", FreezeChanges("Black Friday"), id="freeze"),
        pytest.param("thaw", ThawChanges(), id="thaw"),
    ],
)
def test_understands(typed: str, meant: Command) -> None:
    assert parse(typed) == meant
    assert parse(meant.typed) == meant


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        pytest.param("resize", "Which service", id="resize what"),
        pytest.param("resize checkout app 12parsecs", "12parsecs", id="no amount of memory"),
        pytest.param("resize checkout 2G 3G", "more than one amount", id="two sizes"),
        pytest.param("resize checkout --force", "--force", id="an option that there is not"),
        pytest.param("rollback", "Which service", id="roll back what"),
        pytest.param("history", "Whose history", id="whose history"),
        pytest.param("history checkout soon", "number of a page", id="a page that is no number"),
        pytest.param("thaw checkout", "Nothing can follow", id="thaw one"),
    ],
)
def test_says_what_is_wrong(typed: str, problem: str) -> None:
    misuse = parse(typed)
    assert isinstance(misuse, Misuse)
    assert problem in misuse.problem
    assert not isinstance(parse(misuse.example), Misuse)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        pytest.param("resize 2G", AskResize(str(CHECKOUT), "app", "2G"), id="a size"),
        pytest.param("resize", AskResize(str(CHECKOUT), "app"), id="nothing more"),
        pytest.param("resize --dry-run", AskResize(str(CHECKOUT), "app", is_dry_run=True), id="an option"),
        pytest.param("resize other 2G", AskResize("other", amount="2G"), id="another one is named"),
        pytest.param("rollback", AskRollback(str(CHECKOUT)), id="rollback"),
        pytest.param("history", History(str(CHECKOUT)), id="history"),
        pytest.param("freeze", FreezeChanges(), id="what is about everything"),
    ],
)
def test_in_a_thread_the_target_is_implied(said: str, meant: Command) -> None:
    assert parse(with_target(said, CHECKOUT, "app")) == meant


def test_words_that_are_no_command_stay_as_they_are() -> None:
    assert with_target("thank you!", CHECKOUT, "app") == "thank you!"
    assert with_target("", CHECKOUT, "app") == ""
