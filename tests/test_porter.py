"""The porter: leads to the doors on duty, and lets nobody's floor be taken away who is still inside."""

import asyncio

from aiohttp import ClientSession, web

from bot.composition.porter import Entrance, Porter
from tests.sandbox.slack_parts import serve


def entrance(name: str, goes_on: asyncio.Event, begun: asyncio.Event) -> Entrance:
    async def answer(_request: web.Request) -> web.Response:
        begun.set()
        await goes_on.wait()
        return web.Response(text=name)

    return Entrance([web.post("/door", answer)])


async def test_who_is_inside_is_answered_there_and_the_next_by_the_next() -> None:
    goes_on, begun = asyncio.Event(), asyncio.Event()
    first = entrance("first", goes_on, begun)
    porter = Porter(first)
    async with serve(porter.routes()) as url, ClientSession() as session:
        inside = asyncio.create_task(session.post(f"{url}/door"))
        await begun.wait()
        porter.entrance = entrance("second", goes_on, begun)
        emptied = asyncio.create_task(first.emptied())
        await asyncio.sleep(0)
        assert not emptied.done()
        goes_on.set()
        async with await inside as answer:
            assert await answer.text() == "first"
        await emptied
        async with session.post(f"{url}/door") as answer:
            assert await answer.text() == "second"


async def test_what_is_no_door() -> None:
    porter = Porter(entrance("only", asyncio.Event(), asyncio.Event()))
    async with serve(porter.routes()) as url, ClientSession() as session:
        async with session.post(f"{url}/cellar") as answer:
            assert answer.status == 404
        async with session.get(f"{url}/door") as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        async with asyncio.timeout(60):
            await porter.entrance.emptied()
