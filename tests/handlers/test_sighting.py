"""Slack's own requests are noted, so that a checkup tells whether they come; what is not signed is not."""

import asyncio

from bot.store import sightings
from tests.handlers.workplace import NOW, Workplace

FORM = "application/x-www-form-urlencoded"


async def seen(place: Workplace) -> object:
    return await place.db.read(sightings.last)


async def test_a_signed_request_is_seen(place: Workplace) -> None:
    await place.command("help")
    for _ in range(200):  # it is noted aside
        if await seen(place):
            break
        await asyncio.sleep(0.01)
    assert await seen(place) == {"slack over HTTP": NOW}


async def test_one_of_another_secret_is_not(place: Workplace) -> None:
    assert await place.post("command=%2Foom&text=help", FORM, secret="another") == 401
    assert await seen(place) == {}
