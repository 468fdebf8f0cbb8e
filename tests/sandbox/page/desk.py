"""A desk: a person's browser in front of the fake sandbox, and the marks of tests that sit at one."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page

from tests.sandbox.page.fake import FakeSandbox

IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),  # and one for all tests: starting it costs a second
]
ALERT = ".message:has-text('checkout-api ran out of memory'):visible"


@dataclass
class Desk:
    """`page` is open at #oom-alerts; `wrong` are JavaScript errors and requests to elsewhere, so far."""

    page: Page
    sandbox: FakeSandbox
    wrong: list[str]

    async def show(self, **changes: Any) -> None:
        """The snapshot changes, the page hears of it and has drawn it."""
        self.sandbox.now.update(changes)
        fetched = self.page.wait_for_event("response", lambda answer: "/page/state" in answer.url)
        await self.sandbox.change()
        await fetched
        await self.frame()

    async def frame(self) -> None:
        """Wait until what was asked for is drawn."""
        await self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    async def said(self, verb: str) -> dict[str, Any]:
        """The body of the last such thing that was done, once it has been done."""
        async with asyncio.timeout(60), self.sandbox.heard:
            await self.sandbox.heard.wait_for(lambda: any(each == verb for each, _ in self.sandbox.said))
        return self.sandbox.last(verb)
