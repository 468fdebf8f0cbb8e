"""Outside: a Slack without limits that writes down when it was asked for what, and our certificate's host."""

import json
import re
import time
from pathlib import Path

import click
from aiohttp import web

SERVICE = re.compile(rb"bench-\d+")
_CHANNEL = re.compile(rb'channel(?:=|"\s*:\s*")([A-Z0-9]+)')
_BOT = {
    "ok": True,
    "team_id": "T0000001",
    "user_id": "U0000001",
    "bot_id": "B0000001",
    "team": "t",
    "user": "u",
}


_REFUSAL_XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not here</Message></Error>"
    "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
)


class Outside:
    """Answers the bot as its outside world would, at once."""

    def __init__(self, pem: bytes) -> None:
        """`pem` is the certificate that the letters are signed with."""
        self._pem = pem
        self._asked: list[tuple[int, str, str]] = []

    def routes(self) -> list[web.RouteDef]:
        """Slack's methods, the certificate, an AWS that refuses, and what was written down."""
        return [
            web.get("/readyz", self.asked),
            web.get("/{file}.pem", self.certificate),
            web.post("/slack/api/{method}", self.slack),
            web.get("/slack/api/{method}", self.slack),
            web.post("/aws{rest:.*}", self.aws),
        ]

    async def certificate(self, _request: web.Request) -> web.Response:
        """The certificate, as AWS serves it."""
        return web.Response(body=self._pem, content_type="application/x-pem-file")

    async def slack(self, request: web.Request) -> web.Response:
        """Yes to all."""
        at, method = time.monotonic_ns(), request.match_info["method"]
        body = await request.read()
        if method == "auth.test":
            return web.json_response(_BOT)
        found = SERVICE.search(body)
        self._asked.append((at, method, found[0].decode() if found else ""))
        ts, channel = f"{time.time():.6f}", _CHANNEL.search(body)
        # The bot goes on in the channel that it is told.
        named = channel[1].decode() if channel else ""
        return web.json_response({"ok": True, "channel": named, "ts": ts, "messages": []})

    async def aws(self, request: web.Request) -> web.Response:
        """No to all, in either of AWS's protocols: the bot does its best without AWS."""
        if (await request.read()).startswith(b"Action="):
            return web.Response(status=403, text=_REFUSAL_XML, content_type="text/xml")
        refusal = {"__type": "AccessDeniedException", "message": "not here"}
        return web.Response(status=400, text=json.dumps(refusal), content_type="application/x-amz-json-1.1")

    async def asked(self, _request: web.Request) -> web.Response:
        """What was asked for so far: [nanoseconds of the machine's monotonic clock, method, service]."""
        return web.json_response(self._asked)


@click.command()
@click.argument("port", type=int)
@click.argument("pem", type=click.Path(exists=True, path_type=Path))
def main(port: int, pem: Path) -> None:
    """Serve on PORT with the certificate in the file PEM."""
    app = web.Application()
    app.add_routes(Outside(pem.read_bytes()).routes())
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
