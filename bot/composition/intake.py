"""The intake: how messages are read and which deaths count; the loops that fetch them, and that empty the letter box."""

from dataclasses import replace

from bot.aws.message import read_message
from bot.composition.ground import Ground
from bot.language.reading import Reading
from bot.reconcile.bench import Bench
from bot.reconcile.letters import Intake, letters_loop
from bot.reconcile.loop import Loop
from bot.reconcile.pull import build_pull
from bot.store.ledger import Rules


def reading(ground: Ground) -> Reading:
    """How messages are read."""
    return Reading(
        lambda message, subject, now: read_message(message, subject, now=now), tongues=ground.tongues
    )


def rules(ground: Ground) -> Rules:
    """Which deaths become kills."""
    return Rules(
        counts=ground.routes.counts,
        reopen_within=ground.settings.reopen_within,
        examines=ground.settings.examines,
    )


def build_intake(ground: Ground, bench: Bench) -> list[Loop]:
    """Loops, not yet started."""
    intake = Intake(reading(ground), rules(ground), ground.meters.deliveries.count)
    pulls = replace(ground.settings.as_pull_orders(), routes=ground.routes)
    return [
        letters_loop(bench, ground.letter_box, intake),
        *build_pull(bench, pulls, ground.calls, ground.meters.pulled),
    ]
