"""Keys: the credentials of our Slack app, and where its API is."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackKeys:
    """The signing secret is for Slack over HTTP, the app token for Socket Mode; one of them may be ""."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    app_token: str = field(repr=False)
    api_url: str
