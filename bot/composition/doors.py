"""The doors of a process, built on its ground."""

from functools import partial

from bot.aws import limits
from bot.aws.evidence.on_demand import LogTails
from bot.aws.evidence.pricing import PriceList
from bot.aws.resizing import facts
from bot.aws.resizing.facts import Sources
from bot.aws.sns.certificate_fetcher import CertificateFetcher
from bot.aws.sns.verifier import Verifier
from bot.aws.tags import Tagged
from bot.composition.ground import Ground, clock
from bot.composition.intake import pull_orders, reading
from bot.composition.reports import report_scope
from bot.slack.names import Names
from handlers.channel_names import ChannelNames
from handlers.channel_states import ChannelStates
from handlers.desk import Desk
from handlers.guideposts import Guideposts
from handlers.people import People
from handlers.sns import SnsDoor, SnsDoorSettings


def build_desk(ground: Ground) -> Desk:
    """What the doors for people have at hand."""
    policy, keys = ground.settings.as_policy(), ground.settings.as_slack_keys()
    return Desk(
        db=ground.db,
        clock=clock,
        account_name=ground.accounts.name,
        metrics=ground.meters.commands,
        current_limits=partial(limits.current, ground.calls),
        log_tail=LogTails(ground.calls).of,
        policy=policy,
        person=People.over(keys, ground.session, policy).person,
        channels=ground.settings.channels,
        report_scope=report_scope(ground),
        tongues=ground.tongues,
        guideposts=_guideposts(ground),
        which_channel=ChannelNames.over(keys, ground.session).which,
        read_facts=partial(
            facts.read, Sources(calls=ground.calls, prices=PriceList(ground.calls, clock=clock))
        ),
    )


def _guideposts(ground: Ground) -> Guideposts:
    keys, settings = ground.settings.as_slack_keys(), ground.settings
    return Guideposts(
        routes=ground.routes,
        grouping=settings.grouping,
        reach_of=ChannelStates.over(keys, ground.session).of,
        name_of=Names.over(keys, ground.session).of,
        read_tags=Tagged(ground.calls, clock).of if settings.owner_tags else None,
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
        ground.letter_box,
        SnsDoorSettings(
            reading=reading(ground),
            rules=pull_orders(ground).rules,
            basic_auth=settings.sns_basic_auth.get_secret_value(),
            allow_raw=frozenset(settings.sns_allow_raw),
            clock=clock,
            tracer=ground.tracer,
        ),
        ground.meters.deliveries,
    )
