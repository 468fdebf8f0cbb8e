"""Bare: an aiohttp handler that reads the POST and does nothing with it; what the web server alone can do."""

import click
from aiohttp import web


async def take(request: web.Request) -> web.Response:
    """Read and forget."""
    await request.read()
    return web.Response(text="taken")


async def ready(_request: web.Request) -> web.Response:
    """Here."""
    return web.Response()


@click.command()
@click.argument("port", type=int)
def main(port: int) -> None:
    """Serve on PORT."""
    app = web.Application(client_max_size=4 * 2**20)
    app.add_routes([web.post("/sns", take), web.get("/readyz", ready)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
