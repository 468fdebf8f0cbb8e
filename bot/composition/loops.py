"""The loops of a process: all its reconcilers, built on its ground."""

from dataclasses import replace

from bot.aws.tags import Tagged
from bot.aws.writing import Subscriptions
from bot.composition.clinic import clinic, doctor_orders
from bot.composition.ground import Ground, clock
from bot.composition.home import home_orders
from bot.composition.intake import build_intake
from bot.composition.reports import report_orders
from bot.reconcile.bench import Bench
from bot.reconcile.crew import build_crew
from bot.reconcile.doctor import Doctor
from bot.reconcile.drills import build_drills
from bot.reconcile.front import build_front
from bot.reconcile.lookout import build_lookout
from bot.reconcile.loop import Loop
from bot.reconcile.reports import build_reports
from bot.reconcile.resizes import build_resizes
from bot.reconcile.routing import Manner
from bot.reconcile.shares import Render
from bot.reconcile.tag_haste import TagHaste
from bot.reconcile.tag_wait import TagWait
from bot.reconcile.tagging import Tagging
from bot.reconcile.view import Views
from bot.reconcile.woken import woken_loop
from bot.slack.names import Names
from bot.slack.posting import Poster


def build_loops(ground: Ground, render: Render) -> list[Loop]:
    """The reconcilers behind the doors, not yet started."""
    bench, settings, calls = _bench(ground), ground.settings, ground.calls
    orders = replace(settings.as_orders(), routes=ground.routes)
    haste = TagHaste(Tagged(calls, clock).of, ground.known_tags)
    views = Views(
        bench.db,
        orders.routes,
        account_name=ground.accounts.name,
        operator_channel=settings.operator_channel,
        manner=_manner(ground, bench, haste),
    )
    subscriptions = Subscriptions(calls, emulated=settings.sns_emulator_origin is not None)
    crew = build_crew(bench, orders, views, calls=calls, subscriptions=subscriptions, render=render)
    for loop in crew:
        if loop.tells_people:  # alerts wait for tags
            ground.known_tags.on_learned(loop.hurry)
    return [
        *crew,
        *build_intake(ground, bench),
        *build_resizes(bench, calls, settings.as_policy(), orders.investigation, settings.audit_channel),
        *build_drills(bench, calls, settings.as_bus(settings.sns_topic_arns)),
        *build_front(bench, home_orders(ground, orders.routes)),
        *build_lookout(
            bench, replace(settings.as_look_orders(), routes=ground.routes), calls, _doctor(ground, bench)
        ),
        *build_reports(bench, report_orders(ground, orders.routes)),
        *_tagging(ground, bench, haste),
    ]


def _bench(ground: Ground) -> Bench:
    settings = ground.settings
    return Bench(
        db=ground.db,
        poster=Poster(
            settings.slack_bot_token.get_secret_value(),
            settings.slack_api_url,
            ground.session,
            tracer=ground.tracer,
        ),
        pace=ground.pace,
        metrics=ground.meters.work,
        worker=ground.worker,
        clock=clock,
        tracer=ground.tracer,
        tongues=ground.tongues,
    )


def _manner(ground: Ground, bench: Bench, haste: TagHaste) -> Manner:
    settings, known = ground.settings, ground.known_tags
    wait = TagWait(known, settings.owner_tags_wait, haste.hurry) if settings.owner_tags else None
    return Manner(grouping=settings.grouping, name_of=Names(bench.poster.client).of, tag_wait=wait)


def _tagging(ground: Ground, bench: Bench, haste: TagHaste) -> list[Loop]:
    if not ground.settings.owner_tags:
        return []
    tagging = Tagging(bench, haste, ground.known_tags)
    return [woken_loop(bench, "tags", tagging.one_pass)]


def _doctor(ground: Ground, bench: Bench) -> Doctor:
    orders = doctor_orders(ground.settings, lambda: [str(one) for one in ground.in_force.faults])
    return clinic(orders, ground.db.read, bench.poster.client, ground.calls, clock=clock)
