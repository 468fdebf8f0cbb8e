"""`make chaos`: a long bad day, with its figures; exits 1 if a promise was broken."""

import asyncio
import random
import tempfile
from pathlib import Path

import click

from tests.chaos.day import Day, Size, live
from tests.postgres import shared_server

LONG = {
    "sqlite": Size(services=40, channels=10, kills=2000, bots=1, havoc_s=120, kill_every_s=1.5, settle_s=180),
    "postgresql": Size(
        services=60,
        channels=10,
        kills=4000,
        bots=3,
        havoc_s=150,
        kill_every_s=0.75,
        settle_s=240,
        cut_database=True,
    ),
}


@click.command()
@click.option(
    "--store", type=click.Choice([*LONG]), multiple=True, default=[*LONG], help="Which stores; default: both."
)
@click.option("--seed", default=1, show_default=True, help="Of the dice; processes still race as they like.")
def main(store: tuple[str, ...], seed: int) -> None:
    """Kill processes, disturb Slack and the database, and audit what people were shown."""
    days = {name: asyncio.run(_one(name, seed)) for name in store}
    click.echo(
        "| store | kills | deliveries | SIGKILLs | Slack calls | 429s | settled after | broken promises |"
    )
    click.echo("|---|---|---|---|---|---|---|---|")
    for name, day in days.items():
        click.echo(
            f"| {name} | {day.plan.total} | {day.attempts} | {day.killed} | {day.slack_calls.total()} | "
            f"{day.rate_limited} | {day.settled_s:.0f} s | {len(day.promises_broken)} |"
        )
    for name, day in days.items():
        for sentence in day.promises_broken[:20]:
            click.echo(f"{name}: {sentence}")
    raise SystemExit(1 if any(day.promises_broken for day in days.values()) else 0)


async def _one(store: str, seed: int) -> Day:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        if store == "sqlite":
            return await live(LONG[store], f"sqlite:///{folder}/chaos.db", dice)
        with shared_server(Path(folder)) as server, server.database() as url:
            return await live(LONG[store], url, dice)


if __name__ == "__main__":
    main()
