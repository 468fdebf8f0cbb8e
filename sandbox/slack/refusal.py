"""Refusals: how Slack says no."""

from typing import Any


class Refusal(Exception):
    """A call that Slack answers with `ok: false` and this error code."""

    def __init__(self, error: str, *, messages: list[str] | None = None, **extra: Any) -> None:
        """Carry the error code, the lines of `response_metadata.messages` and further fields of the answer."""
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON that Slack answers with."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body

    def sentence(self) -> str:
        """One line for the wire log: the code and the first reasons."""
        reasons = self.messages or [str(value) for value in self.extra.values()]
        return ": ".join([self.error, "; ".join(reasons[:3])]) if reasons else self.error


class RateLimited(Exception):
    """HTTP 429 with Retry-After in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        """Ask to come back after this many seconds."""
        super().__init__(f"ratelimited, Retry-After {retry_after}")
        self.retry_after = retry_after


class Unheard(Exception):
    """The app did not take what Slack brought: too late, not 200, or not to be read."""

    def __init__(self, error: str, detail: str = "", *, final: bool = False) -> None:
        """Carry Slack's word for it (operation_timeout, dispatch_failed …) and what really happened.

        `final`: the app asked not to be told again.
        """
        super().__init__(error)
        self.final = final
        self.error = error
        self.detail = detail or error


class Nonsense(Exception):
    """A person asked for something that the screen does not offer; the sentence is for them."""
