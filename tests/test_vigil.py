"""The vigil: what changed is read again once it is settled; a link that is swapped is a change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.configuration.fault import Fault, Misconfigured
from bot.configuration.reading import Reading
from bot.configuration.vigil import Vigil
from bot.settings import Settings


class Reader:
    """Counts; fails where the file says so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times = 0
        self.settings = Settings(
            sns_topic_arns=("arn:aws:sns:eu-west-1:123456789012:oom",),
            slack_bot_token="xoxb-1",  # type: ignore[arg-type]  # pydantic makes it one
            slack_signing_secret="s",  # type: ignore[arg-type]  # likewise
            slack_channel="C1",
        )

    def __call__(self) -> Reading[Settings]:
        self.times += 1
        if "broken" in self.path.read_text(encoding="utf-8"):
            raise Misconfigured([Fault("here", "broken")], [self.path])
        return Reading(self.settings, (), (self.path,))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    path = tmp_path / "oomguard.toml"
    path.write_text("a", encoding="utf-8")
    return Reader(path)


@pytest.fixture
async def vigil(reader: Reader) -> Vigil:
    """One that has read what there was at the start."""
    vigil = Vigil([reader.path], reader)
    assert await vigil.look() is None
    assert await vigil.look() is not None
    reader.times = 0
    return vigil


async def test_nothing_changed(vigil: Vigil, reader: Reader) -> None:
    assert [await vigil.look(), await vigil.look()] == [None, None]
    assert reader.times == 0


def written(path: Path) -> None:
    path.write_text("b", encoding="utf-8")


def swapped(path: Path) -> None:
    """As Kubernetes swaps a mounted ConfigMap: the name leads to another folder."""
    folder = path.parent / "..2026"
    folder.mkdir()
    (folder / "data").write_text("b", encoding="utf-8")
    (path.parent / "link").symlink_to(folder / "data")
    (path.parent / "link").rename(path)


@pytest.mark.parametrize("change", [written, swapped])
async def test_a_change_counts_once_it_is_settled(
    vigil: Vigil, reader: Reader, change: Callable[[Path], None]
) -> None:
    change(reader.path)
    assert await vigil.look() is None
    assert isinstance(await vigil.look(), Reading)
    assert await vigil.look() is None
    assert reader.times == 1


async def test_a_file_that_is_still_being_written_is_left_alone(vigil: Vigil, reader: Reader) -> None:
    for text in ("b", "bc", "bcd"):
        reader.path.write_text(text, encoding="utf-8")
        assert await vigil.look() is None
    assert reader.times == 0


async def test_whoever_asks_need_not_wait(vigil: Vigil, reader: Reader) -> None:
    assert isinstance(await vigil.look(at_once=True), Reading)
    assert await vigil.look() is None


async def test_a_broken_file_is_told_once(vigil: Vigil, reader: Reader) -> None:
    reader.path.write_text("broken", encoding="utf-8")
    assert await vigil.look() is None
    assert isinstance(await vigil.look(), Misconfigured)
    assert [await vigil.look(), await vigil.look()] == [None, None]


async def test_a_file_that_went_is_a_change(vigil: Vigil, reader: Reader, tmp_path: Path) -> None:
    reader.path.rename(tmp_path / "away")
    reader.path = tmp_path / "away"
    assert await vigil.look() is None
    assert isinstance(await vigil.look(), Reading)
