"""People: the users of the workspace, its bot, and its user groups."""

from dataclasses import dataclass, field
from typing import Any

TEAM_ID = "T0ACME"
TEAM_NAME = "Acme (sandbox)"
TEAM_DOMAIN = "acme-sandbox"
APP_ID = "A0OOMGUARD"
BOT_ID = "B0OOMGUARD"
BOT_USER = "U0OOMGUARD"
SLACKBOT = "USLACKBOT"


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot of the workspace."""

    id: str
    name: str
    real_name: str
    title: str = ""
    color: str = "4a154b"
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    is_bot: bool = False
    is_admin: bool = False
    online: bool = True

    @property
    def email(self) -> str:
        """A made-up address."""
        return f"{self.name}@acme.example"

    def api(self, *, with_email: bool, with_locale: bool = False) -> dict[str, Any]:
        """The user as users.info shows them; the address needs a scope of its own, the locale must be asked for."""
        profile = {"real_name": self.real_name, "display_name": self.name, "title": self.title}
        if with_email and not self.is_bot:
            profile["email"] = self.email
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "real_name": self.real_name,
            "color": self.color,
            "tz": self.tz,
            "deleted": False,
            "is_bot": self.is_bot,
            "is_admin": self.is_admin,
            "profile": profile,
        }
        return user | {"locale": self.locale} if with_locale else user

    def screen(self) -> dict[str, Any]:
        """The user as the page shows them."""
        initials = "".join(word[0] for word in self.real_name.split()[:2])
        names = ("id", "name", "real_name", "title", "color", "is_bot", "tz", "locale", "online")
        return {name: getattr(self, name) for name in names} | {"initials": initials}


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A group that can be mentioned, such as @payments-oncall."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)

    def api(self, *, include_users: bool) -> dict[str, Any]:
        """The group as usergroups.list shows it."""
        group: dict[str, Any] = {"id": self.id, "team_id": TEAM_ID, "handle": self.handle, "name": self.name}
        group |= {"is_usergroup": True, "date_delete": 0, "user_count": len(self.users)}
        return group | {"users": list(self.users)} if include_users else group


def staff() -> list[User]:
    """Who works at Acme: somebody on call, two colleagues, an administrator, and the bots."""
    return [
        User(id="U0ALICE", name="alice", real_name="Alice Meyer", title="Payments · on call", color="2eb67d"),
        User(id="U0BOB", name="bob", real_name="Bob Okafor", title="Payments", color="36c5f0"),
        User(
            id="U0CHEN",
            name="chen",
            real_name="Chen Wei",
            title="Platform",
            tz="Asia/Shanghai",
            locale="zh-CN",
            online=False,
        ),
        User(id="U0ADMIN", name="dana", real_name="Dana Ruiz", title="Workspace admin", is_admin=True),
        User(id=BOT_USER, name="oomguard", real_name="OOM Guard", title="App", is_bot=True),
        User(id=SLACKBOT, name="slackbot", real_name="Slackbot", is_bot=True),
    ]


def groups() -> list[UserGroup]:
    """Acme's user groups."""
    return [
        UserGroup(
            id="S0PAYMENTS", handle="payments-oncall", name="Payments on call", users=["U0ALICE", "U0BOB"]
        ),
        UserGroup(id="S0PLATFORM", handle="platform", name="Platform", users=["U0CHEN", "U0ADMIN"]),
    ]
