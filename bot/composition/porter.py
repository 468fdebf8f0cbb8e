"""The porter: stands at the one address of the process and leads each request to the shift that is on duty."""

import asyncio
from collections.abc import Iterable

from aiohttp import web


class Entrance:
    """The doors of one shift, and who is inside."""

    def __init__(self, routes: Iterable[web.RouteDef]) -> None:
        """Paths have no variable parts: a request keeps the match of the porter's own route."""
        doors = list(routes)
        self._router = web.UrlDispatcher()
        self._router.add_routes(doors)
        self._doors = {(door.method, door.path): door.handler for door in doors}
        self._inside = 0
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Lead it to its door; 404 or 405 where there is none for it."""
        self._inside += 1
        self._is_empty.clear()
        try:
            door = self._doors.get((request.method, request.path))
            # A wrong method, a HEAD, a path that is written otherwise.
            door = door or (await self._router.resolve(request)).handler
            return await door(request)
        finally:
            self._inside -= 1
            if not self._inside:
                self._is_empty.set()

    async def emptied(self) -> None:
        """Return when everybody has left."""
        await self._is_empty.wait()


class Porter:
    """Leads to one entrance at a time. Connections stay as they are when it becomes another."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """By whoever is on duty now; who is inside already is answered there."""
        return await self.entrance.answer(request)

    def routes(self) -> list[web.RouteDef]:
        """Everything."""
        return [web.route("*", "/{path:.*}", self.answer)]
