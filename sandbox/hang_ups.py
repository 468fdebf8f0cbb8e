"""Hang-ups: a caller that dies in the middle of a request is its own affair, not an error of the sandbox."""

from aiohttp import web
from aiohttp.typedefs import Handler

_CLIENT_CLOSED_REQUEST = 499  # as nginx calls it; nobody is left to read it


@web.middleware
async def hung_up(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer the request, unless its body never comes to an end."""
    try:
        return await handler(request)
    except (ConnectionResetError, web.RequestPayloadError):
        return web.Response(status=_CLIENT_CLOSED_REQUEST)
