"""Said: what Slack said in an error, where it was Slack that answered; a proxy may stand in its place, or half an answer come."""

from typing import Any

from slack_sdk.errors import SlackApiError


def data(error: SlackApiError) -> dict[str, Any]:
    """The answer; empty where it was no object of JSON.

    slack_sdk hands out its own response, aiohttp's where the JSON breaks off, or a plain dict.
    """
    response: Any = error.response
    found = response if isinstance(response, dict) else getattr(response, "data", None)
    return found if isinstance(found, dict) else {}


def word(error: SlackApiError) -> str:
    """Slack's word for what is wrong, such as `is_archived`; "" where nothing of Slack's came."""
    return str(data(error).get("error") or "")


def status(error: SlackApiError) -> int:
    """The HTTP status of the answer; 0 where there is none."""
    response: Any = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def header(error: SlackApiError, name: str) -> str | None:
    """A header of the answer."""
    headers: Any = getattr(error.response, "headers", None) or {}
    found = headers.get(name)
    return None if found is None else str(found)
