"""The manifest: what the app asked for when it was installed. Slack gives it that and no more."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One slash command."""

    command: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An app's manifest, read from the YAML that Slack takes."""

    name: str
    display_name: str
    scopes: frozenset[str]
    commands: tuple[Command, ...]
    bot_events: frozenset[str]
    has_home: bool

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read a manifest file; KeyError names a section that is missing."""
        return cls.parse(yaml.safe_load(path.read_text()))

    @classmethod
    def parse(cls, manifest: dict[str, Any]) -> "Manifest":
        """Take from a manifest what the workspace must know."""
        features, settings = manifest["features"], manifest.get("settings", {})
        fields = Command.__dataclass_fields__
        return cls(
            name=manifest["display_information"]["name"],
            display_name=features["bot_user"]["display_name"],
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            commands=tuple(
                Command(**{key: value for key, value in command.items() if key in fields})
                for command in features.get("slash_commands", [])
            ),
            bot_events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            has_home=features.get("app_home", {}).get("home_tab_enabled", False),
        )

    def command(self, name: str) -> Command | None:
        """The slash command of that name, with its slash."""
        return next((command for command in self.commands if command.command == name), None)
