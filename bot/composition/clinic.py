"""The clinic: the doctor of an installation, for the bot and for the command line alike."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.aws.calls import Calls
from bot.domain.aws.queue import parse_queue_url
from bot.domain.aws.topic import parse_topic_arn
from bot.domain.telling.language import mark
from bot.reconcile.doctor import Doctor, Read
from bot.reconcile.doctor_orders import DoctorOrders
from bot.reconcile.wards import Wards
from bot.settings import Settings
from bot.slack.checkup import SlackProbe


def clinic(
    orders: DoctorOrders, read: Read, client: AsyncWebClient, calls: Calls, *, clock: Callable[[], datetime]
) -> Doctor:
    """The doctor; `read` is the store's, `client` has the bot's token."""
    wards = Wards(SlackProbe(client, orders.app_token), calls, orders, clock)
    return Doctor(read, wards, orders, clock=clock)


def doctor_orders(settings: Settings, faults: Callable[[], Sequence[str]] = tuple) -> DoctorOrders:
    """What these settings name; `faults` are those of a newer configuration."""
    accounts, keys = settings.as_accounts(), settings.as_slack_keys()
    return DoctorOrders(
        channels=tuple(_channels(settings)),
        has_signing_secret=bool(keys.signing_secrets),
        app_token=keys.app_token,
        topics=tuple(map(parse_topic_arn, settings.sns_topic_arns)),
        queues=tuple(map(parse_queue_url, settings.sqs_queue_urls)),
        bus=settings.event_bus,
        home_region=settings.aws_region,
        has_role=lambda place: accounts.role(place.account, place.region) is not None,
        places=settings.surveyed(settings.sns_topic_arns).places,
        clusters=settings.watched_clusters,
        account_name=accounts.name,
        policy=settings.as_policy(),
        database_url=settings.database_url,
        faults=faults,
    )


def _channels(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each channel once, with the first thing that it is for, marked for the catalogs."""
    routes = settings.as_routes()
    named = [(settings.slack_channel, mark("default")), (settings.operator_channel, mark("operators"))]
    named += [(settings.audit_channel, mark("audit trail"))] if settings.audit_channel else []
    named += [(one.channel, mark("a route's")) for one in routes.others]
    yield from dict(reversed([(channel, role) for channel, role in named if channel])).items()
