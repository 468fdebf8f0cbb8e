"""Turns: what one replica does at a time is left to it, and not waited for."""

import asyncio
import threading

from sqlalchemy import Connection

from bot.store.database import Database
from bot.store.dialects import has_turn


async def test_a_turn_is_taken_left_to_who_has_it_and_free_after_the_commit(postgres_url: str) -> None:
    one, other = Database.open(postgres_url), Database.open(postgres_url)
    begun, goes_on = threading.Event(), threading.Event()

    def take_and_stay(conn: Connection) -> bool:
        taken = has_turn(conn, "doubts")
        begun.set()
        goes_on.wait(30)
        return taken

    try:
        staying = asyncio.create_task(one.write(take_and_stay))
        await asyncio.to_thread(begun.wait, 30)
        assert not await other.write(has_turn, "doubts")
        assert await other.write(has_turn, "something else")
        goes_on.set()
        assert await staying
        assert await other.write(has_turn, "doubts")
    finally:
        goes_on.set()
        await one.close()
        await other.close()
