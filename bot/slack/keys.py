"""Keys: the credentials of our Slack app, and where its API is."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackKeys:
    """Signing secrets are for Slack over HTTP: two while one is replaced. The app token is for Socket Mode, or ""."""

    bot_token: str = field(repr=False)
    signing_secrets: tuple[str, ...] = field(repr=False)
    app_token: str = field(repr=False)
    api_url: str
