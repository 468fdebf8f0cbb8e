"""The command line: `python -m sandbox` opens the sandbox, with a bot in it if you name one."""

import asyncio
import contextlib
import shlex
import signal
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click

from sandbox.aws.scenarios import SCENARIOS
from sandbox.child import Child, ChildDied
from sandbox.sandbox import Sandbox

DEFAULT_PORT = 8765
_READY_S = 60.0
_LOOK_S = 0.5  # between two looks whether a bot listens
_BUTTONS = "\n".join(
    f"{name:<14} {title}"
    for name, title in [*((one.name, one.title) for one in SCENARIOS), ("slack-down", "Slack is down")]
)


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    port: int
    bot_port: int
    speed: float
    command: Sequence[str]
    verbose: bool
    socket_mode: bool
    ingest: str
    settings: Sequence[str]


class _Commands(click.Group):
    """`scenario` is a command of ours; anything else after the options is the bot's command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the bot's command behind `run`, which need not be typed."""
        if "scenario" not in args[:1] and "--help" not in args[:1]:
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _named(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> Sequence[str]:
    """The settings as they were given; click.BadParameter for one without a name."""
    for one in given:
        if "=" not in one or not one.partition("=")[0].isidentifier():
            raise click.BadParameter(f"{one!r} is no NAME=VALUE")
    return given


@click.group(cls=_Commands, invoke_without_command=False)
def main() -> None:
    """A Slack workspace, an SNS topic and an ECS cluster on loopback, for OOM Guard or any other bot.

    \b
    python -m sandbox -- python app.py serve --migrate    the sandbox with the bot in it
    python -m sandbox --bot-port 3000                     alone; prints the settings for a bot that you start
    python -m sandbox --speed 60                          alone, an hour in a minute
    python -m sandbox run --help                          all options
    python -m sandbox scenario kill                       press a button of a running sandbox
    python -m sandbox scenario --help                     all buttons
    """


@main.command(context_settings={"ignore_unknown_options": False})
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, help="Where the page and all APIs are (0: any free)."
)
@click.option(
    "--speed", default=1.0, show_default=True, help="How fast life in the cluster goes (0.1 to 3600)."
)
@click.option("--bot-port", default=0, show_default=True, help="The port of the bot (0: any free).")
@click.option("--verbose", is_flag=True, help="Show all that the bot writes, not only its errors.")
@click.option(
    "--socket-mode", is_flag=True, help="Slack waits for the bot to call, in place of posting to it."
)
@click.option(
    "--ingest",
    type=click.Choice(["https", "sqs"]),
    default="https",
    show_default=True,
    help="How events reach the bot: posted by SNS, or fetched from a queue.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_named,
    help="A setting of the bot, in place of what the sandbox sets; may be given again.",
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def run(**wishes: Any) -> None:
    """Open the sandbox; run COMMAND (the bot) in it as a process of its own.

    Without COMMAND it prints the settings that make a bot of yours live in it, for a shell: Slack posts to
    /slack/events and SNS to /sns of --bot-port, from when something listens there.
    """
    try:
        asyncio.run(_run(Wish(**wishes)))
    except (ChildDied, ValueError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        hint = f"Cannot open port {wishes['port']} on 127.0.0.1: {error.strerror}. Is a sandbox running already? Try --port 0, or make demo DEMO_PORT=8766."
        raise click.ClickException(hint) from error


@main.command(help=f"Press a button of a running sandbox.\n\nNAME is one of:\n\n\b\n{_BUTTONS}")
@click.argument("name")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where the sandbox is.")
def scenario(name: str, port: int) -> None:
    """POST the scenario to the sandbox; its sentence and exit code tell whether it was played."""
    answer = asyncio.run(_press(name, port))
    if not answer.get("ok"):
        raise click.ClickException(str(answer.get("error", "The sandbox gave no reason.")))
    click.echo(answer.get("note", f"Played {name}."))


async def _run(wish: Wish) -> None:
    """Everything between start and Ctrl-C; the bot stops before the world that it lives in."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="oom-guard-sandbox-"))
        sandbox = await stack.enter_async_context(Sandbox(wish.port, speed=wish.speed))
        waiting: set[asyncio.Task[Any]] = {asyncio.create_task(stopped.wait())}
        bot_port = wish.bot_port or _free_port()
        settings = _settings(wish, sandbox, bot_port, folder)
        if wish.command:
            child = Child(wish.command, settings, verbose=wish.verbose)
            stack.push_async_callback(child.stop)
            waiting.add(asyncio.create_task(_live(child, sandbox, bot_port, wish.ingest)))
        else:
            waiting.add(asyncio.create_task(_wait_for_a_bot(settings, sandbox, bot_port, wish.ingest)))
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()


def _settings(wish: Wish, sandbox: Sandbox, bot_port: int, folder: str) -> dict[str, str]:
    """What the bot gets as its environment."""
    database_url = f"sqlite:///{Path(folder) / 'oom-guard.db'}"
    settings = sandbox.environment(bot_port, database_url, socket_mode=wish.socket_mode)
    if wish.ingest == "sqs":
        settings["SQS_QUEUE_URLS"] = sandbox.subscribe_queue()
    return settings | dict(one.split("=", 1) for one in wish.settings)


async def _wait_for_a_bot(settings: dict[str, str], sandbox: Sandbox, bot_port: int, ingest: str) -> None:
    """Print the settings for a bot that somebody else starts, subscribe it once it listens; never ends."""
    click.echo(f"Open {sandbox.url}")
    click.echo("# A bot of yours lives in it with these settings:")
    for name, value in settings.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    request_url, sandbox.slack.request_url = sandbox.slack.request_url, None
    await _until_listening(bot_port)
    sandbox.slack.request_url = request_url
    if ingest == "https":
        sandbox.subscribe(f"http://127.0.0.1:{bot_port}/sns")
    await asyncio.Event().wait()


async def _until_listening(port: int) -> None:
    """Return when something takes connections on that port."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(_LOOK_S)
        else:
            writer.close()
            return


async def _live(child: Child, sandbox: Sandbox, bot_port: int, ingest: str) -> None:
    """Start the bot, subscribe it unless a queue is, say where to look; ends only when the bot does."""
    origin = f"http://127.0.0.1:{bot_port}"
    await child.start()
    await child.ready(f"{origin}/readyz", _READY_S)
    if ingest == "https":
        sandbox.subscribe(f"{origin}/sns")
    click.echo(f"Open {sandbox.url}")
    await child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _press(name: str, port: int) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}/human/scenario"
    try:
        async with aiohttp.ClientSession() as session, session.post(url, json={"name": name}) as response:
            answer: dict[str, object] = await response.json()
            return answer
    except aiohttp.ClientError:
        return {"error": f"No sandbox answers on port {port}. Start one with: make demo"}
