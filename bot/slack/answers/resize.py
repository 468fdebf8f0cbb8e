"""Answers about resizes: dry runs, what became of a click or a wish, and why it was refused; a sentence each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.domain.command import AskResize, History
from bot.domain.decision import Decision, Outcome
from bot.domain.ending import no_way_back
from bot.domain.freeze import Freeze
from bot.domain.language import say
from bot.domain.plan import Plan
from bot.domain.resize import Resize, ResizePhase
from bot.domain.subject import Subject
from bot.slack.answers import buttons
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, date, escape, mention
from bot.slack.resize import controls, plan_text, progress

MOST_TOLD = 6
DRY = "A dry run: nothing was changed."


def planned(plan: Plan, wish: AskResize, needs_approval: tuple[str, ...] = ()) -> Answer:
    """The plan, and a button to the form that carries it out."""
    lines = [plan_text.heading(plan), plan_text.effect(plan), *plan_text.refusals(plan)]
    more = [*plan_text.changes(plan), *plan_text.notes(plan.notes)]
    more += [f"👉 {escape(one, 400)}" for one in plan.next_steps[:5]]
    body: list[Block] = [section("\n".join(line for line in lines if line))]
    if more:
        body.append(section("\n".join(more)))
    body += [section(plan_text.paste(one.paste)) for one in [note for note in plan.notes if note.paste][:2]]
    if needs_approval:
        body.append(
            context(f"🔑 A second person would have to approve it: {escape('; '.join(needs_approval), 300)}.")
        )
    body.append(context(DRY))
    label = "Resize…" if plan.can_be_done else "Other sizes…"
    return Answer(
        text=f"{escape(plan.target.subject.name, 80)}: {plan_text.sizes(plan)}. {DRY}",
        body=body,
        buttons=[buttons.also(0, label, wish.typed)],
    )


def still_looking(subject: Subject, wish: AskResize) -> Answer:
    """AWS takes longer than Slack waits; the same words find what was read meanwhile."""
    looking = sentence(f"🔎 Still looking at {bold(escape(subject.name, 80))}: AWS takes a while.")
    return replace(looking, buttons=[buttons.run(0, "Show the plan", wish.typed)])


def no_plan(subject: Subject, why: str) -> Answer:
    """AWS could not be asked, or does not know it."""
    words = escape(why[:1].upper() + why[1:].rstrip("."), 600)
    return sentence(f"⛔ I can't plan a resize of {bold(escape(subject.name, 80))}: {words}.")


def denied(words: str) -> Answer:
    """The person may not; the words name the missing role."""
    return sentence(f"🔒 {escape(words, 500)} Nothing was changed.")


def too_slow() -> Answer:
    """The plan could not be checked again in time."""
    return sentence(
        "⏳ AWS did not answer in time to check the plan again; nothing was changed. Press the button once more."
    )


def closed(opens_at: datetime) -> Answer:
    """Outside of the change windows."""
    return sentence(
        f"🕒 Changes may begin only in the change windows: the next one opens {opens_at:%a %d %b %H:%M} UTC. Nothing was changed."
    )


def frozen(freeze: Freeze | None) -> Answer:
    """Somebody froze changes."""
    if freeze is None:
        return sentence("🧊 Changes are frozen; nothing was changed. `/oom thaw` ends it.")
    why = f": {escape(freeze.reason, 200)}" if freeze.reason else ""
    return sentence(
        f"🧊 {mention(freeze.frozen_by)} froze changes {date(freeze.frozen_at)}{why}. Nothing was changed; `/oom thaw` ends it."
    )


def taken(other: Resize | None) -> Answer:
    """Another resize of the target is under way."""
    if other is None:
        return sentence("🤷 Another resize of it was under way just now. Look at the plan again.")
    spec = other.spec
    _, word = progress.WORDS[other.status.phase]
    return sentence(
        f"✋ {mention(spec.requested_by)} asked for another size of it {date(spec.requested_at)} "
        f"({plan_text.sizes(spec.plan)}, {word.lower()}). One resize at a time; nothing was changed."
    )


def asked_for(resize: Resize) -> Answer:
    """What was asked for, to the one who asked where no message shows it yet."""
    return sentence(
        f"🔧 Resize {bold(f'#{resize.spec.id}')} of {plan_text.heading(resize.spec.plan)} is written down."
    )


def decided(decision: Decision) -> Answer | None:
    """What to tell after a click; None where the message itself tells it."""
    resize = decision.resize
    if resize is None or decision.outcome is Outcome.GONE:
        return sentence("🤷 There is no such resize any more.")
    if decision.outcome in (Outcome.DONE, Outcome.REPLAYED):
        return None
    return sentence(f"{_why_not(decision.outcome, resize)} Your click changed nothing.")


def _why_not(outcome: Outcome, resize: Resize) -> str:
    named = f"resize {bold(f'#{resize.spec.id}')} of {bold(escape(resize.spec.plan.target.subject.name, 80))}"
    stands = bold(progress.WORDS[resize.status.phase][1].lower())
    said = progress.said(resize.status.words, 200).rstrip(".")
    told = {
        Outcome.OWN: "🔒 Nobody approves their own request: somebody else has to.",
        Outcome.STALE: f"🕒 That button is of an older state of {named}: something later has taken its place.",
        Outcome.EXPIRED: f"⌛ The request expired {date(resize.spec.expires_at)}: ask again for a fresh plan.",
        Outcome.FROZEN: "🧊 Changes are frozen: `/oom thaw` ends it.",
        Outcome.TOO_EARLY: f"Nothing has begun of {named} yet: decline or cancel it instead.",
        Outcome.IMPOSSIBLE: f"⛔ {escape(no_way_back(resize) or 'There is no way back.', 300)}",
        Outcome.TAKEN: f"✋ Another resize of it is under way, so {named} can't be undone now.",
    }
    return told.get(outcome, f"🤷 Too late, {named} stands here: {stands}{f' ({said})' if said else ''}.")


def nothing_to_undo(subject: Subject) -> Answer:
    """No resize of it was ever begun here."""
    return sentence(
        f"🤷 I have changed no memory of {bold(escape(subject.name, 80))}: there is nothing to roll back. {code('/oom ' + History(str(subject)).typed, 300)} tells what was asked."
    )


def rolling_back(resize: Resize) -> Answer:
    """It was asked for by words; the message shows how it goes on."""
    if resize.status.phase is ResizePhase.ROLLED_BACK:
        return sentence(f"⏪ {plan_text.named(resize.spec.plan)} was rolled back already.")
    return sentence(
        f"⏪ Rolling back resize {bold(f'#{resize.spec.id}')} of {plan_text.named(resize.spec.plan)}; its message shows how it goes on."
    )


def back_ships(resize: Resize, told: Sequence[str]) -> Answer:
    """Going back would ship other code as well: told before anything is done."""
    head = say("⏪ Nothing was rolled back yet: going back ships more than the old memory.")
    lines = [head, *(f"⚠️ {escape(one, 400)}" for one in told[:MOST_TOLD])]
    return Answer(
        text=head, body=[section("\n".join(lines))], buttons=list(controls.going_back_anyway(resize))
    )


def froze(freeze: Freeze) -> Answer:
    """Nothing begins any more."""
    why = f": {escape(freeze.reason, 300)}" if freeze.reason else ""
    return sentence(
        f"🧊 {bold('Frozen')}{why}. Nobody can begin a change of memory; rolling back stays possible. `/oom thaw` ends it."
    )


def thawed(count: int) -> Answer:
    """Changes may begin again."""
    if not count:
        return sentence("🤷 Nothing is frozen.")
    return sentence(f"☀️ {bold('Thawed')}: changes of memory may begin again.")


def no_such(number: int) -> Answer:
    """There is no such resize (any more)."""
    return sentence(f"🤷 There is no resize #{number} any more.")
