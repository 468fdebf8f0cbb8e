"""Questions: `/oom …` as Slack sends it, signed, and how long the answer takes."""

import hashlib
import hmac
import http.client
import time
from typing import Self
from urllib.parse import urlencode

from benchmarks.stage import SIGNING_SECRET


class Unanswered(Exception):
    """The bot did not answer, or not what was asked."""


class Asker:
    """A person who asks one question after another over one connection."""

    def __init__(self, port: int) -> None:
        """Ask the bot on this port."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __enter__(self) -> Self:
        """Ask until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._connection.close()

    def ask(self, words: str) -> float:
        """Seconds until the answer was there; raises Unanswered unless it is a message of blocks."""
        fields = {
            "command": "/oom",
            "text": words,
            "team_id": "T0000001",
            "channel_id": "C0000001",
            "user_id": "U0000002",
            "trigger_id": "1.2.3",
            "response_url": "http://127.0.0.1:9/never",
        }
        body, stamp = urlencode(fields), str(int(time.time()))
        signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature.hexdigest()}",
        }
        began = time.perf_counter()
        self._connection.request("POST", "/slack/events", body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200 or b'"blocks"' not in text:
            raise Unanswered(f"/oom {words}: HTTP {answer.status}: {text[:300].decode(errors='replace')}")
        return took
