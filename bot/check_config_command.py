"""The command `check-config`: what is wrong with the configuration, all at once, or what it amounts to."""

import json
from collections.abc import Iterator, Mapping

import click

from bot.configuration.editor_schema import editor_schema
from bot.configuration.fault import Misconfigured
from bot.configuration.mirror import Fetch, mirrored
from bot.configuration.reading import Reading, read
from bot.domain.routing.overlap import unreachable
from bot.settings import Settings

# What --without-secrets takes for secrets that are not there; none of them opens anything.
_STAND_INS = {"slack_bot_token": "none", "slack_signing_secret": "none", "sns_basic_auth": "nobody:none"}


def check_config_command(environ: Mapping[str, str], fetch: Fetch) -> click.Command:
    """The command, over this environment; `fetch` reads a configuration that lies in AWS."""

    @click.command("check-config", short_help="Check the configuration file and the environment.")
    @click.argument("file", required=False, type=click.Path(dir_okay=False))
    @click.option("--without-secrets", is_flag=True, help="For CI: secrets that are not there are no fault.")
    @click.option(
        "--schema", is_flag=True, help="Print the file's JSON schema, for editors, and check nothing."
    )
    def check_config(file: str | None, *, without_secrets: bool, schema: bool) -> None:
        """Check FILE, or the one that OOM_CONFIG names, together with the environment; nothing is started.

        Names all that is wrong and exits with 1; else says what the configuration amounts to, and what is odd about
        it. Values of secrets are never shown.
        """
        if schema:
            click.echo(json.dumps(editor_schema(), indent=2, ensure_ascii=False))
            return
        given = {**environ, "OOM_CONFIG": file} if file else environ
        try:
            with mirrored(given, fetch) as mirror:
                reading = read(Settings, mirror.environ, _STAND_INS if without_secrets else None)
        except Misconfigured as wrong:
            raise click.ClickException(str(wrong)) from wrong
        for warning in (*reading.warnings, *odd_routes(reading.settings)):
            click.echo(f"warning: {warning}")
        click.echo(f"ok: {', '.join(amounts(reading))}")

    return check_config


def amounts(reading: Reading[Settings]) -> Iterator[str]:
    """What the settings amount to, in a few numbers."""
    settings = reading.settings
    accounts = len({*settings.accounts, *settings.account_names})
    yield _counted(accounts, "account")
    yield _counted(len(settings.routes), "route")
    yield _counted(len(settings.sns_topic_arns), "topic")
    yield _counted(len(settings.sqs_queue_urls), "queue")
    yield f"{_counted(len(settings.policy.grants), 'grant')} to change memory"
    yield f"the rest goes to {settings.slack_channel}"


def odd_routes(settings: Settings) -> Iterator[str]:
    """Routes that nothing will ever take."""
    routes = settings.as_routes().others
    for later, earlier in unreachable(routes):
        yield (
            f"route {later + 1} (to {routes[later].channel}) is never reached: route {earlier + 1} "
            f"(to {routes[earlier].channel}) takes all that it would take; move it up, or remove it"
        )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
