"""Latency: from a notification's POST to the request to Slack, and a person's answer in the midst of a storm."""

import json
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

from benchmarks import paced
from benchmarks.letters import Place
from benchmarks.load import closed_loop
from benchmarks.plan import Plan
from benchmarks.process import LOAD_CORE, SERVER_CORE, Server, on_cores
from benchmarks.quantile import p50_p99_ms
from benchmarks.question import Asker
from benchmarks.stage import Stage, bot, staged
from benchmarks.table import Table
from bot.store import migrate

CHANNELS = 100
_FRESH_EVERY, _STANDING = 25, 20
_FIRST_CHANNEL = 1_000_000  # none of them the default one
_SECONDS_A_RUN = 12  # of plan.seconds: a minute by default


def latency(plan: Plan) -> Table:
    """Both waits."""
    table = Table("Latency", ["from … to …", "measured", "p50 ms", "p99 ms"])
    with staged() as stage:
        _to_slack(plan, stage, table)
        _answers(plan, stage, table)
    return table


def _to_slack(plan: Plan, stage: Stage, table: Table) -> None:
    count = int(plan.kills_per_second * plan.seconds * _SECONDS_A_RUN)
    places = [_place(number) for number in range(count)]
    fresh = {
        place.service: number for number, place in enumerate(places) if place.service.startswith("bench-")
    }
    with _fresh_bot(stage, "latency", ROUTES=_routes()) as server, on_cores(frozenset({LOAD_CORE})):
        _warm_up(plan, stage, server.port)
        letters = stage.post.letters(places, count)
        sent = paced.send(server.port, letters, plan.kills_per_second)
        shown = _first_posts(plan, stage, len(fresh))
    waits = [(at - sent.sent_at[fresh[service]]) / 1e9 for service, at in shown.items()]
    what = f"POST of a service's first kill → request to Slack, {plan.kills_per_second:g} kills/s"
    table.add(what, f"{len(waits):,} of {len(fresh):,}", *p50_p99_ms(waits))
    table.add("POST of any of these kills → 200", f"{len(sent.waits_s):,}", *p50_p99_ms(sent.waits_s))
    table.notes.append(
        f"Slack here answers at once and refuses nothing. Every {_FRESH_EVERY}th kill is of a service that had none; the "
        f"others are further kills of {_STANDING} services. {CHANNELS} channels by ROUTES: the bot keeps Slack's limits "
        "by itself (one message a second and channel, some 240 a minute in all), and its own time is measured here. An alert "
        "of a new service waits for its AWS tags, which AWS refuses at once here."
    )


def _warm_up(plan: Plan, stage: Stage, port: int) -> None:
    """Open the standing services' incidents, and let the bot's budgets of Slack's calls recover."""
    known = [_place(number) for number in range(1, _STANDING * 2) if number % _FRESH_EVERY]
    paced.send(port, stage.post.letters(known, len(known)), plan.kills_per_second)
    time.sleep(plan.seconds * 4)


def _place(number: int) -> Place:
    """Most kills are further ones of the same few services, whose threads have channels of their own.

    In the same channel a reply would now and then take the second that Slack grants it, and Slack's limit be measured.
    """
    if number % _FRESH_EVERY == 0:
        return Place(f"bench-{number}", f"c{number // _FRESH_EVERY % CHANNELS}")
    return Place(f"standing-{number % _STANDING}", f"c{CHANNELS + number % _STANDING}")


def _answers(plan: Plan, stage: Stage, table: Table) -> None:
    places = [Place(f"bench-{number}") for number in range(200)]
    with _fresh_bot(stage, "answers") as server, Asker(server.port) as asker:
        letters = stage.post.letters(places, plan.letters)
        closed_loop([server.port], letters[:100], seconds=plan.seconds)
        asker.ask("stats bench-1")  # the first one asks Slack who we are
        storm = multiprocessing.get_context("fork").Process(
            target=_storm, args=(server.port, letters[100:], plan.seconds * 4)
        )
        storm.start()
        waits: list[float] = []
        while storm.is_alive():
            waits.append(asker.ask(f"stats bench-{len(waits) % 100}"))
            time.sleep(0.02)
        storm.join()
    what = "/oom stats → answer, while 32 connections deliver kills as fast as the bot takes them"
    table.add(what, len(waits), *p50_p99_ms(waits))


def _storm(port: int, letters: Sequence[bytes], seconds: float) -> None:
    with on_cores(frozenset({LOAD_CORE})):
        closed_loop([port], letters, seconds=seconds)


def _fresh_bot(stage: Stage, name: str, **changes: str) -> AbstractContextManager[Server]:
    url = stage.sqlite_url(name)
    migrate.upgrade(url)
    return bot(stage.folder, stage.environment(url, **changes), frozenset({SERVER_CORE}))


def _routes() -> str:
    return json.dumps(
        [
            {"cluster": f"c{number}", "channel": f"C{_FIRST_CHANNEL + number}"}
            for number in range(CHANNELS + _STANDING)
        ]
    )


def _first_posts(plan: Plan, stage: Stage, count: int) -> dict[str, int]:
    """When Slack was first asked to show each service; waits a while for the last ones."""
    deadline = time.monotonic() + plan.settle_s
    while True:
        first: dict[str, int] = {}
        for at, method, service in stage.asked():
            if method == "chat.postMessage" and service:
                first.setdefault(service, at)
        if len(first) >= count or time.monotonic() > deadline:
            return first
        time.sleep(0.2)
