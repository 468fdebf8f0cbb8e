"""The page's files: right types, never cached, a policy that lets nothing in from elsewhere."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox import page_routes

PARTS = sorted(path.name for path in page_routes.FOLDER.iterdir())


async def get(path: str) -> tuple[int, str, str, str]:
    """Status, type, policy and text."""
    app = web.Application()
    app.add_routes(page_routes.routes())
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        return answer.status, answer.content_type, policy, await answer.text()


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        pytest.param("/", "text/html", id="the page"),
        pytest.param("/page/static/app.js", "text/javascript", id="a module"),
        pytest.param("/page/static/page.css", "text/css", id="a style sheet"),
        pytest.param("/page/static/icon.svg", "image/svg+xml", id="a drawing"),
    ],
)
async def test_parts_come_with_their_type_under_the_policy(path: str, content_type: str) -> None:
    status, found, policy, _ = await get(path)
    assert (status, found) == (200, content_type)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/page/static/none.js", id="no such file"),
        pytest.param("/page/static/..%2fpage_routes.py", id="climbs out"),
        pytest.param("/page/static/..%2fpage%2fapp.js", id="climbs out and in again"),
        pytest.param("/page/static/%2fetc%2fpasswd", id="from the root"),
        pytest.param("/page/static/.", id="the folder itself"),
    ],
)
async def test_nothing_else_is_served(path: str) -> None:
    status, *_ = await get(path)
    assert status == 404


@pytest.mark.parametrize("name", PARTS)
async def test_no_part_names_another_server_or_makes_markup_from_text(name: str) -> None:
    _, _, _, text = await get(f"/page/static/{name}" if name != "index.html" else "/")
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}
