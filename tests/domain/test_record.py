"""Records: a Chinese channel's resize is told in Chinese, and its trail in English, whatever it quotes."""

from dataclasses import replace

from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.next_step import next_step
from bot.domain.resize.observation import Observation
from bot.domain.resize.record import recorded, recorded_step
from bot.domain.resize.resize import InEnglish, Resize, ResizePhase, Status
from bot.domain.telling.language import say, speaking
from bot.language.catalogs import language
from tests.domain.agreed import ALICE, DAY, HOUR, NEW, NOW, OLD, resize, spec

CHINESE = language("zh-CN")
KILLED = Observation(current_arn=NEW, kills=1)
BACK = Observation(current_arn=OLD)
ROLLS_BACK = spec(rolls_back=True)


def stepped(before: Resize, seen: Observation) -> Status:
    """The status after the next step, four hours after the beginning."""
    return recorded_step(before, lambda one: next_step(one, seen, NOW + 4 * HOUR)).status


def test_a_chinese_channel_is_told_in_chinese_and_its_trail_in_english() -> None:
    with speaking(CHINESE):
        told = stepped(resize(ResizePhase.WATCHING), KILLED)
    assert told.phase is ResizePhase.NOT_ENOUGH
    assert told.words == "在 checkout:46 上运行 4 小时后再次被终止，上限为 1,024 MiB。"
    assert told.in_english == InEnglish(words="Killed again on checkout:46 after 4 h, at 1,024 MiB.")


def test_what_is_quoted_hours_later_is_in_the_same_language_as_what_quotes_it() -> None:
    with speaking(CHINESE):
        turned = stepped(resize(ResizePhase.WATCHING, asked=ROLLS_BACK), KILLED)
        ended = stepped(resize_with(replace(turned, progressed_at=NOW + 3 * HOUR)), BACK)
    assert ended.phase is ResizePhase.ROLLED_BACK
    assert "Killed" not in ended.words
    english = "checkout is back on checkout:45. Killed again on checkout:46 after 4 h, at 1,024 MiB."
    assert ended.in_english is not None
    assert ended.in_english.words == english


def test_a_channel_that_turned_to_english_keeps_its_trail_in_english() -> None:
    with speaking(CHINESE):
        turned = stepped(resize(ResizePhase.WATCHING, asked=ROLLS_BACK), KILLED)
    ended = stepped(resize_with(replace(turned, progressed_at=NOW + 3 * HOUR)), BACK)
    assert ended.in_english is not None
    assert ended.in_english.words.endswith("Killed again on checkout:46 after 4 h, at 1,024 MiB.")


def test_the_same_is_done_in_both_languages() -> None:
    with speaking(CHINESE):
        told = stepped(resize(ResizePhase.WATCHING, asked=ROLLS_BACK), KILLED)
    english = stepped(resize(ResizePhase.WATCHING, asked=ROLLS_BACK), KILLED)
    assert english.in_english is None
    assert told.in_english == InEnglish(words=english.words, rollback_why=english.rollback_why)
    assert replace(told, words=english.words, rollback_why=english.rollback_why, in_english=None) == english


def test_an_entry_is_in_english_and_as_its_channel_speaks() -> None:
    def entry() -> Entry:
        return Entry(at=NOW + DAY, who=ALICE, deed=Deed.ANSWERED, words=say("Nothing was changed."))

    assert recorded(entry).told == ""
    with speaking(CHINESE):
        found = recorded(entry)
    assert (found.words, found.told) == ("Nothing was changed.", "没有做任何更改。")


def resize_with(status: Status) -> Resize:
    """It, where it stands then."""
    return Resize(spec=ROLLS_BACK, status=status)
