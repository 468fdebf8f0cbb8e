"""Page routes: the sandbox's page as plain files, under a policy that lets nothing in from elsewhere."""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"  # no innerHTML, anywhere, ever
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def routes() -> list[web.RouteDef]:
    """GET / is the page, GET /page/static/<file> one of its parts; anything else is not ours."""
    return [web.get("/", index), web.get("/page/static/{name}", part)]


async def index(_request: web.Request) -> web.Response:
    return _file(FOLDER / "index.html")


async def part(request: web.Request) -> web.Response:
    """Raises HTTPNotFound for whatever does not lie in the folder itself."""
    path = FOLDER / request.match_info["name"]
    if path.parent != FOLDER or path.suffix not in TYPES or not path.is_file():
        raise web.HTTPNotFound
    return _file(path)


def _file(path: Path) -> web.Response:
    """Small files, read each time: whoever edits the page sees it on reload."""
    return web.Response(
        body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS
    )
