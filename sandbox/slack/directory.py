"""The directory: who is who. The auth.*, users.*, usergroups.*, bots.* and team.* methods."""

from sandbox.slack.call import Call
from sandbox.slack.conversation import Json
from sandbox.slack.people import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    User,
    UserGroup,
)
from sandbox.slack.refusal import Refusal
from sandbox.slack.rooms import page
from sandbox.slack.webapi import Handler
from sandbox.slack.workspace import Workspace


class Directory:
    """What the app may know of people."""

    def __init__(self, workspace: Workspace) -> None:
        """Look people up in this workspace."""
        self._workspace = workspace

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {
            "auth.test": self.who_am_i,
            "bots.info": self.bot,
            "team.info": self.team,
            "users.info": self.user,
            "users.list": self.users,
            "users.lookupByEmail": self.by_email,
            "usergroups.list": self.groups,
            "usergroups.users.list": self.group_users,
        }

    async def who_am_i(self, _call: Call) -> Json:
        """auth.test."""
        url = f"https://{TEAM_DOMAIN}.slack.com/"
        name = self._workspace.users[BOT_USER].name
        ids = {"team_id": TEAM_ID, "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False}
        return {"url": url, "team": TEAM_NAME, "user": name, **ids}

    async def bot(self, call: Call) -> Json:
        """bots.info."""
        if call.get("bot", BOT_ID) != BOT_ID:
            raise Refusal("bot_not_found")
        name = self._workspace.manifest.display_name
        return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER, "name": name, "deleted": False}}

    async def team(self, _call: Call) -> Json:
        """team.info."""
        return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN}}

    async def user(self, call: Call) -> Json:
        """users.info."""
        user = self._workspace.users.get(call["user"])
        if user is None:
            raise Refusal("user_not_found")
        return {"user": self._shown(user, with_locale=bool(call.get("include_locale")))}

    async def users(self, call: Call) -> Json:
        """users.list."""
        shown, meta = page(list(self._workspace.users.values()), call)
        return {
            "members": [self._shown(user, with_locale=bool(call.get("include_locale"))) for user in shown],
            "cache_ts": int(self._workspace.clock.time()),
            **meta,
        }

    async def by_email(self, call: Call) -> Json:
        """users.lookupByEmail."""
        people = (user for user in self._workspace.users.values() if not user.is_bot)
        found = next((user for user in people if user.email == call["email"].lower()), None)
        if found is None:
            raise Refusal("users_not_found")
        return {"user": self._shown(found)}

    async def groups(self, call: Call) -> Json:
        """usergroups.list."""
        include = bool(call.get("include_users"))
        return {"usergroups": [group.api(include_users=include) for group in self._workspace.groups.values()]}

    async def group_users(self, call: Call) -> Json:
        """usergroups.users.list."""
        group: UserGroup | None = self._workspace.groups.get(call["usergroup"])
        if group is None:
            raise Refusal("no_such_subteam")
        return {"users": list(group.users)}

    def _shown(self, user: User, *, with_locale: bool = False) -> Json:
        with_email = "users:read.email" in self._workspace.manifest.scopes
        return user.api(with_email=with_email, with_locale=with_locale)
