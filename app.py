"""OOM Guard's command line: nobody imports this; it alone reads the environment. bot/composition connects the parts."""

import asyncio
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from bot import logs
from bot.audit_command import audit_command
from bot.aws.secret_text import secret_text
from bot.check_config_command import check_config_command
from bot.classify_command import classify
from bot.composition.heap import keep_little
from bot.composition.serving import serve_until_stopped
from bot.concealing import secrets_of
from bot.configuration.fault import Misconfigured
from bot.configuration.mirror import Mirror, mirrored
from bot.configuration.reading import Reading, database_url, read
from bot.doctor_command import doctor_command
from bot.domain.report.report_scope import ReportScope
from bot.forget_command import forget_command
from bot.look_settings import LookSettings
from bot.report_command import report_command
from bot.report_settings import ReportSettings
from bot.settings import Settings
from bot.store.database import SchemaOutdated, StoreUnavailable
from bot.store_commands import audit_trail_command, bring_up_to_date, migrate_command
from bot.tracing.switch import build_tracer


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="OOM Guard")
def cli() -> None:
    """Tell a team in Slack why its containers on Amazon ECS ran out of memory.

    Settings come from the environment and from oomguard.toml; docs/configuration.md lists them all.
    """


@cli.command(short_help="Run the bot.")
@click.option("--migrate", "with_migrations", is_flag=True, help="Bring the store up to date first.")
def serve(*, with_migrations: bool) -> None:
    """Run the bot: the doors for SNS and Slack on PORT, and the reconcilers behind them."""
    keep_little()
    with environment() as mirror:
        _serve(mirror, with_migrations=with_migrations)


def _serve(mirror: Mirror, *, with_migrations: bool) -> None:
    environ = mirror.environ
    reading = read(Settings, environ)
    settings = reading.settings
    os.environ.pop("SLACK_BOT_TOKEN", None)  # Bolt would read it as well, and wonder about having it twice
    secrets = secrets_of(settings, os.environ)
    concealing = logs.configure(
        level=settings.log_level, as_json=settings.log_format == "json", secrets=secrets
    )
    if with_migrations:
        bring_up_to_date(settings.database_url)
    is_elsewhere = "AWS_ENDPOINT_URL" in environ or "AWS_ENDPOINT_URL_SNS" in environ

    def reread() -> Reading[Settings]:
        found = read(Settings, environ)
        concealing.learn(secrets_of(found.settings, environ))
        return found

    try:
        tracer = build_tracer(environ)
        asyncio.run(
            serve_until_stopped(
                reading, reread, emulates_sns=not is_elsewhere, renew=mirror.renew, tracer=tracer
            )
        )
    except (SchemaOutdated, StoreUnavailable, ValueError) as error:
        raise click.ClickException(str(error)) from error


def read_database_url() -> str:
    """Where the store is: all that commands on it need to know."""
    with environment() as mirror:
        return database_url(mirror.environ)


def read_look_settings() -> LookSettings:
    """What looking at AWS alone needs; ends the program with all that is wrong, at once."""
    with environment() as mirror:
        return read(LookSettings, mirror.environ).settings


def read_scope_of_all() -> ReportScope:
    """By whose days a report of everything counts."""
    with environment() as mirror:
        zone = read(ReportSettings, mirror.environ).settings.report_zone
    return replace(ReportScope.of_everything(), zone=zone)


def read_scope() -> ReportScope:
    """Which channel has what, as far as the routes tell; and by whose days its report counts."""
    settings = read_settings()
    return ReportScope(settings.as_routes(), settings.report_zone)


def read_settings() -> Settings:
    """All settings; ends the program with all that is wrong, at once."""
    with environment() as mirror:
        return read(Settings, mirror.environ).settings


@contextmanager
def environment() -> Iterator[Mirror]:
    """What the settings are read from; whatever is wrong with them ends the program, in sentences."""
    try:
        with mirrored(os.environ, secret_text) as mirror:
            yield mirror
    except Misconfigured as wrong:
        raise click.ClickException(str(wrong)) from wrong


cli.add_command(classify)
cli.add_command(doctor_command(read_settings))
cli.add_command(check_config_command(os.environ, secret_text))
cli.add_command(audit_command(read_look_settings))
cli.add_command(migrate_command(read_database_url))
cli.add_command(audit_trail_command(read_database_url))
cli.add_command(report_command(read_database_url, read_scope_of_all, read_scope))
cli.add_command(forget_command(read_database_url))

if __name__ == "__main__":
    gc.freeze()  # what was read is never garbage: no collection walks it again, which takes a third of a second at the end
    cli()
