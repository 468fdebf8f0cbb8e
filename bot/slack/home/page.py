"""The Home page: what waits for this person on top, then what goes on, then how the bot does and what is set."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock

from bot.domain.home.home import Page
from bot.domain.telling.language import count, say
from bot.slack.answers import place
from bot.slack.blocks import context, section
from bot.slack.home import approvals, incidents, pipeline, setup, silences, under_way, week, wishes
from bot.slack.mrkdwn import DateStyle, bold, date, escape

Json = dict[str, Any]
MOST_BLOCKS = 100  # docs.slack.dev/reference/views/home-tab-views


def home(page: Page, account_name: place.AccountName) -> Json:
    """The view as views.publish takes it."""
    blocks = list(_blocks(page, account_name))
    return {"type": "home", "blocks": [block.to_dict() for block in blocks[:MOST_BLOCKS]]}


def digest(page: Page, account_name: place.AccountName) -> str:
    """64 hex digits that are equal if two pages differ in nothing but what changes all the time."""
    blocks = [block.to_dict() for block in _parts(page.at_rest(), account_name)]
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()


def _blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    yield from _parts(page, account_name)
    yield context(say("As of {when}.", when=date(page.facts.now)))


def _parts(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    yield section("\n".join(_headline(page)), block_id="home.headline")
    if page.note:
        yield section(f"> {page.note}", block_id="home.note")
    yield from approvals.blocks(page, account_name)
    yield from incidents.blocks(page, account_name)
    yield from under_way.blocks(page, account_name)
    yield from silences.blocks(page, account_name)
    yield DividerBlock()
    yield from week.blocks(page, account_name)
    yield from pipeline.blocks(page, account_name)
    yield DividerBlock()
    yield from wishes.blocks(page)
    if page.is_admin:
        yield from setup.blocks(page)


def _headline(page: Page) -> Iterator[str]:
    """What a person must know in five seconds."""
    total, mine, waiting = page.facts.open_count, len(page.mine), len(page.approvals)
    if total:
        told = count(total, "{n} incident is unfinished.", "{n} incidents are unfinished.")
        yours = count(mine, "{n} is yours.", "{n} are yours.") if mine else say("None is yours.")
        yield f"🔴 {bold(told)} {yours}"
    else:
        yield f"✅ {bold(say('No incident is open.'))} {_last_kill(page)}"
    if waiting:
        told = count(waiting, "{n} change waits for your approval.", "{n} changes wait for your approval.")
        yield f"⏳ {bold(told)}"
    if not page.facts.health.is_well(page.facts.now):
        yield f"⚠️ {say('Not all may be told here: see the pipeline below.')}"
    if page.facts.health.last_event_at is None and not total:
        yield f"👉 {_first_step(page)}"


def _last_kill(page: Page) -> str:
    at = page.facts.last_kill_at
    if at is None:
        return say("No kill was ever recorded.")
    return say("Last kill: {when}.", when=date(at, DateStyle.WHEN))


def _first_step(page: Page) -> str:
    channel = escape(page.facts.installation.channel, 80)
    if page.is_admin:
        return say("Nothing has come from AWS yet. The setup at the end of this page says what to do first.")
    if channel:
        return say(
            "Nothing has come from AWS yet. Kills will be told in {channel}.", channel=_channel(channel)
        )
    return say("Nothing has come from AWS yet.")


def _channel(channel: str) -> str:
    return setup.channel(channel)
