"""Detours: what a notice keeps of closed channels can be read again, and stays small."""

from bot.domain.routing.detour import Closed, added, read


def test_what_was_written_is_read_in_its_order() -> None:
    text = added(added("", "C1", "not_in_channel"), "team-pay", "is_archived")
    assert read(text) == [Closed("C1", "not_in_channel"), Closed("team-pay", "is_archived")]
    assert read("") == []


def test_it_stays_small() -> None:
    text = ""
    for number in range(50):
        text = added(text, f"C{number}" * 40, "e" * 400)
    assert len(read(text)) == 4
    assert len(text) <= 500
