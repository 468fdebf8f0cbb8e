"""Tags: the closest to the task win, tag by tag, and what they say is believed only as far as it makes sense."""

from datetime import UTC, datetime

import pytest

from bot.domain.routing.tags import CHANNEL, MOST, OWNER, Source, Tag, Tags, channel_of, merged, owner_of

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        pytest.param("C024BE91L", "C024BE91L", id="an id"),
        pytest.param("team-payments", "team-payments", id="a name"),
        pytest.param(" #team-payments ", "team-payments", id="a name as Slack shows it"),
        pytest.param("支付-告警", "支付-告警", id="a name in another language"),
        pytest.param("U024BE91L", "", id="a person is no channel: nobody is sent private messages"),
        pytest.param("D024BE91L", "", id="nor is a conversation of two"),
        pytest.param("Team Payments", "", id="no channel has blanks and capitals"),
        pytest.param("<!channel>", "", id="markup"),
        pytest.param("a" * 81, "", id="longer than any channel"),
        pytest.param("a\nb", "", id="two lines"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_channel_of(text: str, channel: str) -> None:
    assert channel_of(text) == channel


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        pytest.param("U024BE91L", "U024BE91L", id="a user"),
        pytest.param("S0615G0KT", "S0615G0KT", id="a user group"),
        pytest.param("@payments-oncall", "payments-oncall", id="a handle is a name"),
        pytest.param("Dana Scully", "Dana Scully", id="a name"),
        pytest.param("@channel", "", id="everybody"),
        pytest.param("Here", "", id="everybody who is there"),
        pytest.param("<!everyone>", "", id="markup for everybody"),
        pytest.param("<@U024BE91L>", "", id="markup for one"),
        pytest.param("dana@example.com", "", id="an address"),
        pytest.param("x" * 81, "", id="too long"),
        pytest.param("a\n@channel", "", id="two lines"),
    ],
)
def test_owner_of(text: str, owner: str) -> None:
    assert owner_of(text) == owner


def test_the_closest_wins_tag_by_tag() -> None:
    found = merged(
        [
            (Source.SERVICE, [(CHANNEL, "of-service"), ("", "no key")]),
            (Source.DEFINITION, [(CHANNEL, "of-definition"), (OWNER, "U024BE91L")]),
            (Source.CLUSTER, [(OWNER, "S0615G0KT"), ("team", "platform")]),
        ]
    )
    assert found == {
        CHANNEL: Tag("of-service", Source.SERVICE),
        OWNER: Tag("U024BE91L", Source.DEFINITION),
        "team": Tag("platform", Source.CLUSTER),
    }


def test_what_is_kept_is_bounded_and_ours_stay() -> None:
    many = [(f"k{number}", "v" * 1000) for number in range(200)]
    found = merged([(Source.SERVICE, many), (Source.CLUSTER, [(CHANNEL, "last")])])
    assert len(found) == MOST
    assert found[CHANNEL].value == "last"
    assert max(len(tag.value) for tag in found.values()) == 256


def test_what_means_nothing_is_told() -> None:
    told = {CHANNEL: Tag("<!channel>", Source.SERVICE), OWNER: Tag("U024BE91L", Source.SERVICE)}
    tags = Tags(found=told, asked_at=NOW)
    assert (tags.channel, tags.owner, tags.ignored) == ("", "U024BE91L", (CHANNEL,))
