"""Fields: what is taken from values of the wrong type, size or spelling."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain.aws.field import each, fields, mib, moment, number, text, texts

AT = datetime(2026, 3, 1, 10, 13, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param("web", "web", id="text"),
        pytest.param("  two\nlines\x00\u2028 ", "two lines", id="one line"),
        pytest.param("\ud800", "", id="half a surrogate pair"),
        pytest.param("x" * 30, "x" * 9 + "…", id="cut"),
        pytest.param(123456789012, "123456789012", id="an account without its quotes"),
        pytest.param(True, "", id="truth"),
        pytest.param(None, "", id="null"),
        pytest.param({"a": 1}, "", id="object"),
    ],
)
def test_text(value: object, read: str) -> None:
    assert text({"key": value}, "key", 12 if value == 123456789012 else 10) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param(137, 137, id="number"),
        pytest.param("137", 137, id="string"),
        pytest.param(" -1073741801 ", -1073741801, id="signed string"),
        pytest.param("0xC0000017", 0xC0000017, id="hex"),
        pytest.param(137.0, 137, id="float without a fraction"),
        pytest.param(137.5, None, id="float with one"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("inf"), None, id="infinity"),
        pytest.param(10**30, None, id="huge"),
        pytest.param("9" * 5000, None, id="huge string"),
        pytest.param("١٣٧", None, id="digits of another script"),
        pytest.param("null", None, id="the word null"),
        pytest.param(True, None, id="truth"),
        pytest.param([137], None, id="list"),
    ],
)
def test_number(value: object, read: int | None) -> None:
    assert number({"key": value}, "key") == read


def test_a_memory_size_is_above_zero() -> None:
    assert [mib({"key": value}, "key") for value in ("512", 0, -4, "null", None)] == [
        512,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param("2026-03-01T10:13:24Z", AT, id="no fraction"),
        pytest.param("2026-03-01T10:13:24.54Z", AT + timedelta(milliseconds=540), id="two digits"),
        pytest.param("2026-03-01T10:13:24.499Z", AT + timedelta(milliseconds=499), id="three digits"),
        pytest.param(
            "2026-03-01T10:13:24.006+0000", AT + timedelta(milliseconds=6), id="CloudWatch's offset"
        ),
        pytest.param("2026-03-01T12:13:24+02:00", AT, id="another offset"),
        pytest.param("2026-03-01T10:13:24", AT, id="no offset is UTC"),
        pytest.param(1772360004, AT, id="epoch seconds"),
        pytest.param(1772360004000, AT, id="epoch milliseconds"),
        pytest.param(1772360004.0, AT, id="epoch as a float"),
        pytest.param(
            datetime(2026, 3, 1, 11, 13, 24, tzinfo=timezone(timedelta(hours=1))), AT, id="boto3's datetime"
        ),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="empty"),
        pytest.param(-5, None, id="before the epoch"),
        pytest.param(10**17, None, id="beyond the calendar"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param("0001-01-01T00:00:00+14:00", None, id="before the calendar once in UTC"),
        pytest.param(True, None, id="truth"),
    ],
)
def test_moment(value: object, read: datetime | None) -> None:
    assert moment({"key": value}, "key") == read


def test_objects_and_lists_that_are_none() -> None:
    source: dict[str, object] = {"one": {"a": 1}, "list": [{"a": 1}, None, "x", [], {"b": 2}], "word": "x"}
    assert fields(source, "one") == {"a": 1}
    assert fields(source, "word") == fields(source, "absent") == {}
    assert each(source, "list") == ({"a": 1}, {"b": 2})
    assert each(source, "one") == ({"a": 1},)
    assert each(source, "word") == ()
    assert texts(source, "list") == ("x",)


def test_a_list_without_end_is_cut() -> None:
    assert len(each({"list": [{}] * 5000}, "list")) == 100
