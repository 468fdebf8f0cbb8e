"""OOM Guard's composition root and command line: nobody imports this; it alone reads the environment."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import aiohttp
import click
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from bot import logs
from bot.audit_command import audit_command
from bot.aws import limits
from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.evidence.on_demand import LogTails
from bot.aws.evidence.pricing import PriceList
from bot.aws.message import read_message
from bot.aws.resizing import facts
from bot.aws.resizing.facts import Sources
from bot.aws.sns.certificate_fetcher import CertificateFetcher
from bot.aws.sns.verifier import Verifier
from bot.aws.writing import Subscriptions
from bot.classify_command import classify
from bot.look_settings import LookSettings
from bot.reconcile import leases
from bot.reconcile.bench import Bench
from bot.reconcile.crew import build_crew
from bot.reconcile.lookout import build_lookout
from bot.reconcile.loop import Loop
from bot.reconcile.metrics import Metrics
from bot.reconcile.pace import Pace
from bot.reconcile.pull import build_pull
from bot.reconcile.resizes import build_resizes
from bot.reconcile.shares import Render
from bot.reconcile.view import Views
from bot.settings import Settings, told
from bot.slack.posting import Poster
from bot.store.database import Database, SchemaOutdated, StoreUnavailable
from bot.store_commands import audit_trail_command, bring_up_to_date, migrate_command
from handlers import slack
from handlers.command_metrics import CommandMetrics
from handlers.delivery_metrics import DeliveryMetrics
from handlers.desk import Desk
from handlers.health import Health
from handlers.patience import LIMITS, Patience
from handlers.people import People
from handlers.sns import SnsDoor, SnsDoorSettings

log = structlog.get_logger("app")

_AWS_CALLS_AT_ONCE = 32
_PATIENCE = aiohttp.ClientTimeout(total=10)  # Bolt's and slack_sdk's own does not hold for a shared session
_LAST_PASS_S = 5.0  # with SHUTDOWN_SECONDS it fits into the 30 s that ECS gives a stopping task
_EMULATOR_ADVICE = "It is believed INSTEAD of AWS. Unset SNS_EMULATOR_ORIGIN in production."


def clock() -> datetime:
    """The one clock of the process: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else stands on."""

    settings: Settings
    accounts: Accounts
    db: Database
    calls: Calls
    session: aiohttp.ClientSession
    registry: CollectorRegistry
    worker: str


@asynccontextmanager
async def standing(settings: Settings, *, sns_endpoint: str | None) -> AsyncIterator[Ground]:
    """Open store, threads and connections; close them in reverse. Dies early if the store is not ready."""
    db = Database.open(settings.database_url)
    accounts = settings.as_accounts()
    pool = ThreadPoolExecutor(_AWS_CALLS_AT_ONCE, thread_name_prefix="aws")
    try:
        await db.check()
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            yield Ground(
                settings=settings,
                accounts=accounts,
                db=db,
                calls=Calls(pool, accounts, sns_emulator=sns_endpoint, clock=clock),
                session=session,
                registry=CollectorRegistry(),
                worker=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
            )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        await db.close()


def build_desk(ground: Ground) -> Desk:
    """What the doors for people have at hand."""
    policy, keys = ground.settings.as_policy(), ground.settings.as_slack_keys()
    return Desk(
        db=ground.db,
        clock=clock,
        account_name=ground.accounts.name,
        metrics=CommandMetrics(ground.registry),
        current_limits=partial(limits.current, ground.calls),
        log_tail=LogTails(ground.calls).of,
        policy=policy,
        person=People.over(keys, ground.session, policy).person,
        read_facts=partial(
            facts.read, Sources(calls=ground.calls, prices=PriceList(ground.calls, clock=clock))
        ),
    )


def build_sns_door(ground: Ground) -> SnsDoor:
    """POST /sns."""
    settings = ground.settings
    verifier = Verifier(
        settings.sns_topic_arns,
        versions=frozenset(settings.sns_signature_versions),
        fetch=CertificateFetcher(ground.session),
        emulator_origin=settings.sns_emulator_origin,
    )
    return SnsDoor(
        verifier,
        ground.db,
        lambda text, envelope: read_message(text, envelope.subject or "", now=clock()),
        SnsDoorSettings(
            counts=settings.as_routes().counts,
            reopen_within=settings.reopen_within,
            examines=settings.examines,
            basic_auth=settings.sns_basic_auth.get_secret_value(),
            allow_raw=frozenset(settings.sns_allow_raw),
            clock=clock,
        ),
        DeliveryMetrics(ground.registry),
    )


def build_loops(ground: Ground, settings: Settings, render: Render) -> list[Loop]:
    """The reconcilers behind the doors."""
    bench = Bench(
        db=ground.db,
        poster=Poster(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, ground.session),
        pace=Pace.over(ground.db, clock),
        metrics=Metrics(ground.registry),
        worker=ground.worker,
        clock=clock,
    )
    orders, calls = settings.as_orders(), ground.calls
    views = Views(
        bench.db,
        orders.routes,
        account_name=ground.accounts.name,
        operator_channel=settings.operator_channel,
        grouping=settings.grouping,
    )
    subscriptions = Subscriptions(calls, emulated=settings.sns_emulator_origin is not None)
    crew = build_crew(bench, orders, views, calls=calls, subscriptions=subscriptions, render=render)
    crew += build_resizes(bench, calls, settings.as_policy(), orders.investigation, settings.audit_channel)
    crew += build_lookout(bench, settings.as_look_orders(), calls)
    return crew + build_pull(bench, settings.as_pull_orders(), calls, ground.registry)


@asynccontextmanager
async def running(ground: Ground) -> AsyncIterator[web.Application]:
    """The whole bot with its loops running. At the end the doors close first, then the loops finish their pass."""
    desk, door, settings, patience = build_desk(ground), build_sns_door(ground), ground.settings, Patience()
    answering = slack.build_answering(desk)
    loops = build_loops(ground, settings, answering.shared)
    people = slack.SlackDoor(settings.as_slack_keys(), desk, answering, ground.session)
    emulator = settings.sns_emulator_origin
    warning = {"warning": f"SNS messages of {emulator} are believed"} if emulator else {}
    health = Health(
        ground.db,
        ground.registry,
        loops=lambda: {loop.name: loop.is_alive() for loop in loops},
        remarks=lambda: people.remarks() | warning,
        clock=clock,
    )
    application = web.Application(middlewares=[patience.wait], **LIMITS)
    application.add_routes([*door.routes(), *people.routes(), *health.routes()])
    application.on_shutdown.extend([door.close, patience.end])
    await leases.take_over(ground.db)
    for loop in loops:
        loop.start()
    people.open()
    try:
        yield application
    finally:
        await people.close(_LAST_PASS_S)
        await asyncio.gather(*(loop.stop(_LAST_PASS_S) for loop in loops))
        await leases.release(ground.db, ground.worker)


async def serve_until_stopped(settings: Settings, *, sns_endpoint: str | None) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight finish."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with standing(settings, sns_endpoint=sns_endpoint) as ground, running(ground) as application:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=settings.shutdown_seconds)
        await runner.setup()
        try:
            await listen(runner, settings)
            await stop.wait()
            log.info("stopping")
        finally:
            await runner.cleanup()


async def listen(runner: web.AppRunner, settings: Settings) -> None:
    """Open the doors. Raises ValueError where the address cannot be had."""
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise ValueError(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    log.info("serving", address=runner.addresses[0], topics=settings.sns_topic_arns)
    if emulator := settings.sns_emulator_origin:
        log.warning("serving.emulator_is_believed", origin=emulator, advice=_EMULATOR_ADVICE)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="OOM Guard")
def cli() -> None:
    """Tell a team in Slack why its containers on Amazon ECS ran out of memory.

    Settings come from the environment; docs/configuration.md lists them all.
    """


@cli.command(short_help="Run the bot.")
@click.option("--migrate", "with_migrations", is_flag=True, help="Bring the store up to date first.")
def serve(*, with_migrations: bool) -> None:
    """Run the bot: the doors for SNS and Slack on PORT, and the reconcilers behind them."""
    settings = read_settings()
    os.environ.pop("SLACK_BOT_TOKEN", None)  # Bolt would read it as well, and wonder about having it twice
    logs.configure(level=settings.log_level, as_json=settings.log_format == "json")
    if with_migrations:
        bring_up_to_date(settings.database_url)
    is_elsewhere = "AWS_ENDPOINT_URL" in os.environ or "AWS_ENDPOINT_URL_SNS" in os.environ
    sns_endpoint = None if is_elsewhere else settings.sns_emulator_origin
    try:
        asyncio.run(serve_until_stopped(settings, sns_endpoint=sns_endpoint))
    except (SchemaOutdated, StoreUnavailable, ValueError) as error:
        raise click.ClickException(str(error)) from error


def read_database_url() -> str:
    """Where the store is: all that commands on it need to know."""
    return os.environ.get("DATABASE_URL") or str(Settings.model_fields["database_url"].default)


def read_look_settings() -> LookSettings:
    """What looking at AWS alone needs; ends the program with all that is wrong, at once."""
    try:
        return LookSettings()
    except ValidationError as error:
        raise click.ClickException(told(error)) from error


def read_settings() -> Settings:
    """The settings from the environment; ends the program with all that is wrong, at once."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment has the rest
    except ValidationError as error:
        raise click.ClickException(told(error)) from error


cli.add_command(classify)
cli.add_command(audit_command(read_look_settings))
cli.add_command(migrate_command(read_database_url))
cli.add_command(audit_trail_command(read_database_url))

if __name__ == "__main__":
    cli()
