"""The intake: how messages are read and which deaths count; the loops that fetch them, and that empty the letter box."""

from dataclasses import replace

from bot.aws.message import read_message
from bot.composition.ground import Ground
from bot.language.reading import Reading
from bot.reconcile.bench import Bench
from bot.reconcile.letters import Recording, letters_loop
from bot.reconcile.loop import Loop
from bot.reconcile.pull import build_pull
from bot.reconcile.pull_orders import PullOrders


def reading(ground: Ground) -> Reading:
    """How messages are read."""
    return Reading(
        lambda message, subject, now: read_message(message, subject, now=now), tongues=ground.tongues
    )


def pull_orders(ground: Ground) -> PullOrders:
    """What is fetched; whatever brings a message, its `rules` say which deaths count."""
    return replace(ground.settings.as_pull_orders(), routes=ground.routes)


def build_intake(ground: Ground, bench: Bench) -> list[Loop]:
    """Loops, not yet started."""
    orders = pull_orders(ground)
    recording = Recording(reading(ground), orders.rules, ground.meters.deliveries.count)
    return [
        letters_loop(bench, ground.letter_box, recording),
        *build_pull(bench, orders, ground.calls, ground.meters.pulled),
    ]
