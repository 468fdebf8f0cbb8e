"""`make chaos`: a long bad day, with its figures; exits 1 if a promise was broken."""

import asyncio
import random
import tempfile

import click

from tests.chaos import graveyard, resizing
from tests.chaos.day import Day, Size, live
from tests.chaos.graveyard import Graveyard, Plague
from tests.chaos.resizing import Hardship, Ward
from tests.postgres import own_server

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
        database_every_s=8,
        hang_every_s=10,
    ),
}
RESIZES = Hardship(services=24, deaths_at_changes=0.4, most_deaths=40, patience_s=420, any_time_every_s=7)
PLAGUE = Plague(services=12, deaths=200, patience_s=600)


@click.command()
@click.option(
    "--store", type=click.Choice([*LONG]), multiple=True, default=[*LONG], help="Which stores; default: both."
)
@click.option("--seed", default=1, show_default=True, help="Of the dice; processes still race as they like.")
def main(store: tuple[str, ...], seed: int) -> None:
    """Kill processes, disturb Slack and the database, and audit what people were shown."""
    days = {name: asyncio.run(_one(name, seed)) for name in store}
    click.echo(
        "| store | kills | deliveries | kept first | SIGKILLs | hung | buttons | database troubles | Slack calls | 429s, of them injected | settled after | broken promises |"
    )
    click.echo("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for name, day in days.items():
        click.echo(
            f"| {name} | {day.plan.total} | {day.attempts} | {day.kept} | {day.killed} | {day.hung} | {day.presses} | {day.database_troubles} | "
            f"{day.calls.made.total()} | {day.calls.limited}, {day.calls.injected} | {day.settled_s:.0f} s | "
            f"{len(day.promises_broken)} |"
        )
    for name, day in days.items():
        for sentence in day.promises_broken[:20]:
            click.echo(f"{name}: {sentence}")
    broken = [*_bots_that_die(seed), *_reconcilers_that_die(seed)]
    for sentence in broken[:20]:
        click.echo(f"resizes: {sentence}")
    raise SystemExit(1 if broken or any(day.promises_broken for day in days.values()) else 0)


def _bots_that_die(seed: int) -> list[str]:
    """Whole bots that carry resizes out; the broken promises."""
    ward = asyncio.run(_resizes(seed))
    broken = ward.broken_promises()
    click.echo(
        f"Resizes: {len(ward.found())} requests, {ward.changes} changes of AWS, {ward.killed} SIGKILLs, "
        f"{len(broken)} broken promises"
    )
    return broken


def _reconcilers_that_die(seed: int) -> list[str]:
    """Reconcilers alone, which die hundreds of times; the broken promises."""
    yard = asyncio.run(_plague(seed))
    broken = yard.broken_promises()
    click.echo(
        f"Resizes between two steps: {len(yard.patients.fates)} requests, {len(yard.changes)} changes of AWS, "
        f"{yard.killed.total()} SIGKILLs, {len(yard.unanswered)} of them between a call's entry and its answer's, "
        f"{len(broken)} broken promises"
    )
    for moment, times in yard.killed.most_common():
        click.echo(f"  {times} x {moment.value}")
    return broken


async def _plague(seed: int) -> Graveyard:
    folder = tempfile.mkdtemp(prefix="oom-guard-graveyard-")
    return await graveyard.live(PLAGUE, f"sqlite:///{folder}/chaos.db", random.Random(seed))


async def _resizes(seed: int) -> Ward:
    folder = tempfile.mkdtemp(prefix="oom-guard-resizes-")
    return await resizing.live(RESIZES, f"sqlite:///{folder}/chaos.db", random.Random(seed))


async def _one(store: str, seed: int) -> Day:
    dice = random.Random(seed)
    if store == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            return await live(LONG[store], f"sqlite:///{folder}/chaos.db", dice)
    with own_server() as (server, postmaster), server.database("template0") as url:
        return await live(LONG[store], url, dice, postmaster)


if __name__ == "__main__":
    main()
