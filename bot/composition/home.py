"""Home: what the reconcilers of Home and of direct messages must know, from the settings."""

from bot.composition.ground import Ground
from bot.domain.home.home import OwnerOf
from bot.domain.incident.incident import Incident
from bot.domain.routing.route import Routes
from bot.reconcile.home_orders import HomeOrders
from handlers.people import People


def home_orders(ground: Ground, routes: Routes) -> HomeOrders:
    """People are looked up as the doors do: by the policy's groups and e-mails, and by the groups that own routes."""
    settings, policy = ground.settings, ground.settings.as_policy()
    people = People.over(settings.as_slack_keys(), ground.session, policy)
    return HomeOrders(
        policy=policy,
        owner_of=_owner_of(routes),
        account_name=ground.accounts.name,
        who=people.person_among,
        members=people.members,
        channel=routes.default.channel,
        sends_messages=settings.direct_messages,
    )


def _owner_of(routes: Routes) -> OwnerOf:
    def owner_of(incident: Incident) -> str:
        return routes.of(incident.group_key).owner

    return owner_of
