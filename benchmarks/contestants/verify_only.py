"""Verify only: an aiohttp handler with our verifier that forgets what it has verified."""

from datetime import UTC, datetime
from pathlib import Path

import click
from aiohttp import web

from benchmarks.contestants.bare import ready
from benchmarks.letters import TOPIC
from bot.aws.sns.certificate import FetchedCertificate
from bot.aws.sns.refusal import Refused
from bot.aws.sns.verifier import Verifier


def verifying(pem: bytes, origin: str) -> web.Application:
    """The application; the certificate is at hand."""

    async def fetch(_url: str) -> FetchedCertificate:
        return FetchedCertificate(200, pem)

    verifier = Verifier([TOPIC], fetch=fetch, emulator_origin=origin)

    async def take(request: web.Request) -> web.Response:
        try:
            await verifier.verify(await request.read(), request.headers, datetime.now(UTC))
        except Refused as refused:
            return web.Response(status=403, text=refused.why)
        return web.Response(text="verified")

    app = web.Application(client_max_size=4 * 2**20)
    app.add_routes([web.post("/sns", take), web.get("/readyz", ready)])
    return app


@click.command()
@click.argument("port", type=int)
@click.argument("pem", type=click.Path(exists=True, path_type=Path))
@click.argument("origin")
def main(port: int, pem: Path, origin: str) -> None:
    """Serve on PORT; believe ORIGIN's letters, signed with the certificate in the file PEM."""
    app = verifying(pem.read_bytes(), origin)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
