"""Languages: the same sentence in the language that is spoken."""

from bot.domain.telling.language import ENGLISH, Language, count, mark, say, speaking, spoken

PIRATE = Language(
    "en-PIRATE",
    {
        "{name} was killed": ("{name} walked the plank",),
        "Braces stay {}": ("Arr {}",),
        "{n} kill": ("one plank", "{n} planks"),
    },
    form=lambda n: 0 if n == 1 else 1,
)


def test_english_is_what_stands_in_the_source() -> None:
    assert spoken() is ENGLISH
    assert say("{name} was killed", name="checkout") == "checkout was killed"
    assert say("Braces stay {}") == "Braces stay {}"
    assert [count(n, "{n} kill", "{n} kills") for n in (0, 1, 1200)] == ["0 kills", "1 kill", "1,200 kills"]


def test_a_language_is_spoken_within_its_block_only() -> None:
    with speaking(PIRATE):
        assert spoken() is PIRATE
        assert say("{name} was killed", name="checkout") == "checkout walked the plank"
        assert say("Braces stay {}") == "Arr {}"
        assert [count(n, "{n} kill", "{n} kills") for n in (1, 2)] == ["one plank", "2 planks"]
        with speaking(ENGLISH):
            assert say("{name} was killed", name="x") == "x was killed"
        assert say("{name} was killed", name="x") == "x walked the plank"
    assert say("{name} was killed", name="x") == "x was killed"


def test_what_no_catalog_has_is_told_in_english() -> None:
    with speaking(PIRATE):
        assert say("{n} MiB are free", n=5) == "5 MiB are free"
        assert count(2, "{n} shark", "{n} sharks") == "2 sharks"


def test_a_value_is_never_read_as_a_template() -> None:
    assert say("{name} was killed", name="{0.__class__}") == "{0.__class__} was killed"


def test_a_number_may_be_told_in_another_form() -> None:
    assert count(1024, "{n} byte", "{n} bytes", n="1 Ki") == "1 Ki bytes"


def test_a_percentage_is_written_as_its_language_writes_it() -> None:
    assert say("{share:.0%} of {limit:,} MiB", share=0.9, limit=1024) == "90 % of 1,024 MiB"
    assert count(2, "{n} risk of {risk:.1%}", "{n} risks of {risk:.1%}", risk=0.015) == "2 risks of 1.5 %"
    with speaking(PIRATE):
        assert say("{share:.0%} of {limit:,} MiB", share=0.9, limit=1024) == "90% of 1,024 MiB"


def test_a_marked_sentence_is_itself() -> None:
    assert mark("killed") == "killed"
