"""Answers about resizes: dry runs, what became of a click or a wish, and why it was refused; a sentence each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.domain.calendar.almanac import weekday_and_day
from bot.domain.command.command import AskResize, History
from bot.domain.plan.plan import Plan
from bot.domain.policy.freeze import Freeze
from bot.domain.resize.decision import Decision, Outcome
from bot.domain.resize.ending import no_way_back
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import clauses, sentences
from bot.domain.telling.sentence import begun
from bot.slack.answers import buttons
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, date, escape, mention
from bot.slack.resize import controls, plan_text, progress

MOST_TOLD = 6
DRY = mark("A dry run: nothing was changed.")
THAW = "`/oom thaw`"


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
            context(
                say(
                    "🔑 A second person would have to approve it: {why}.",
                    why=escape(clauses(needs_approval), 300),
                )
            )
        )
    body.append(context(say(DRY)))
    label = say("Resize…" if plan.can_be_done else "Other sizes…")
    name = escape(plan.target.subject.name, 80)
    return Answer(
        text=sentences([say("{what}: {told}.", what=name, told=plan_text.sizes(plan)), say(DRY)]),
        body=body,
        buttons=[buttons.also(0, label, wish.typed)],
    )


def still_looking(subject: Subject, wish: AskResize) -> Answer:
    """AWS takes longer than Slack waits; the same words find what was read meanwhile."""
    looking = sentence(
        say("🔎 Still looking at {name}: AWS takes a while.", name=bold(escape(subject.name, 80)))
    )
    return replace(looking, buttons=[buttons.run(0, say("Show the plan"), wish.typed)])


def no_plan(subject: Subject, why: str, *, may_pass: bool = False) -> Answer:
    """AWS could not be asked, or does not know it. `may_pass`: asking again in a while may help."""
    words = escape(begun(why).rstrip(".。"), 600)
    name = bold(escape(subject.name, 80))
    if may_pass:
        return sentence(
            say(
                "⏳ I can't plan a resize of {name} yet: {why}. Nothing was changed; try again in a minute.",
                name=name,
                why=words,
            )
        )
    return sentence(say("⛔ I can't plan a resize of {name}: {why}.", name=name, why=words))


def denied(words: str) -> Answer:
    """The person may not; the words name the missing role."""
    return sentence(sentences([f"🔒 {escape(words, 500)}", say("Nothing was changed.")]))


def too_slow() -> Answer:
    """The plan could not be checked again in time."""
    return sentence(
        say(
            "⏳ AWS did not answer in time to check the plan again; nothing was changed. Press the button once more."
        )
    )


def closed(opens_at: datetime) -> Answer:
    """Outside of the change windows."""
    return sentence(
        sentences(
            [
                say(
                    "🕒 Changes may begin only in the change windows: the next one opens {day} {time} UTC.",
                    day=weekday_and_day(opens_at),
                    time=f"{opens_at:%H:%M}",
                ),
                say("Nothing was changed."),
            ]
        )
    )


def frozen(freeze: Freeze | None) -> Answer:
    """Somebody froze changes."""
    if freeze is None:
        return sentence(say("🧊 Changes are frozen; nothing was changed. {command} ends it.", command=THAW))
    who, when = mention(freeze.frozen_by), date(freeze.frozen_at)
    told = say("🧊 {who} froze changes {when}", who=who, when=when)
    if freeze.reason:
        told = say("{label}: {words}", label=told, words=escape(freeze.reason, 200))
    ends = say("Nothing was changed; {command} ends it.", command=THAW)
    return sentence(sentences([say("{sentence}.", sentence=told), ends]))


def taken(other: Resize | None) -> Answer:
    """Another resize of the target is under way."""
    if other is None:
        return sentence(say("🤷 Another resize of it was under way just now. Look at the plan again."))
    spec = other.spec
    told = say(
        "✋ {who} asked for another size of it {when} ({sizes}, {standing}).",
        who=mention(spec.requested_by),
        when=date(spec.requested_at),
        sizes=plan_text.sizes(spec.plan),
        standing=say(progress.PLAIN[other.status.phase]),
    )
    return sentence(sentences([told, say("One resize at a time; nothing was changed.")]))


def asked_for(resize: Resize) -> Answer:
    """What was asked for, to the one who asked where no message shows it yet."""
    return sentence(
        say(
            "🔧 Resize {number} of {what} is written down.",
            number=bold(f"#{resize.spec.id}"),
            what=plan_text.heading(resize.spec.plan),
        )
    )


def decided(decision: Decision) -> Answer | None:
    """What to tell after a click; None where the message itself tells it."""
    resize = decision.resize
    if resize is None or decision.outcome is Outcome.GONE:
        return sentence(say("🤷 There is no such resize any more."))
    if decision.outcome in (Outcome.DONE, Outcome.REPLAYED):
        return None
    why = _why_not(decision.outcome, resize)
    return sentence(sentences([why, say("Your click changed nothing.")]))


def _why_not(outcome: Outcome, resize: Resize) -> str:
    name = bold(escape(resize.spec.plan.target.subject.name, 80))
    named = say("resize {number} of {name}", number=bold(f"#{resize.spec.id}"), name=name)
    told = {
        Outcome.OWN: say("🔒 Nobody approves their own request: somebody else has to."),
        Outcome.STALE: say(
            "🕒 That button is of an older state of {resize}: something later has taken its place.",
            resize=named,
        ),
        Outcome.EXPIRED: say(
            "⌛ The request expired {when}: ask again for a fresh plan.", when=date(resize.spec.expires_at)
        ),
        Outcome.FROZEN: say("🧊 Changes are frozen: {command} ends it.", command=THAW),
        Outcome.TOO_EARLY: say(
            "Nothing has begun of {resize} yet: decline or cancel it instead.", resize=named
        ),
        Outcome.IMPOSSIBLE: f"⛔ {escape(no_way_back(resize) or say('There is no way back.'), 300)}",
        Outcome.TAKEN: say(
            "✋ Another resize of it is under way, so {resize} can't be undone now.", resize=named
        ),
    }
    return told.get(outcome) or _too_late(named, resize)


def _too_late(named: str, resize: Resize) -> str:
    stands = bold(say(progress.PLAIN[resize.status.phase]))
    if said := progress.said(resize.status.words, 200).rstrip(".。"):
        stands = say("{state} ({words})", state=stands, words=said)
    return say("🤷 Too late, {resize} stands here: {standing}.", resize=named, standing=stands)


def nothing_to_undo(subject: Subject) -> Answer:
    """No resize of it was ever begun here."""
    return sentence(
        say(
            "🤷 I have changed no memory of {name}: there is nothing to roll back. {command} tells what was asked.",
            name=bold(escape(subject.name, 80)),
            command=code("/oom " + History(str(subject)).typed, 300),
        )
    )


def rolling_back(resize: Resize) -> Answer:
    """It was asked for by words; the message shows how it goes on."""
    if resize.status.phase is ResizePhase.ROLLED_BACK:
        return sentence(say("⏪ {what} was rolled back already.", what=plan_text.named(resize.spec.plan)))
    return sentence(
        say(
            "⏪ Rolling back resize {number} of {what}; its message shows how it goes on.",
            number=bold(f"#{resize.spec.id}"),
            what=plan_text.named(resize.spec.plan),
        )
    )


def back_ships(resize: Resize, told: Sequence[str]) -> Answer:
    """Going back would ship other code as well: told before anything is done."""
    head = say("⏪ Nothing was rolled back yet: going back may ship more than the old memory.")
    lines = [head, *(f"⚠️ {escape(one, 400)}" for one in told[:MOST_TOLD])]
    return Answer(
        text=head, body=[section("\n".join(lines))], buttons=list(controls.going_back_anyway(resize))
    )


def froze(freeze: Freeze) -> Answer:
    """Nothing begins any more."""
    told = bold(say("Frozen"))
    if freeze.reason:
        told = say("{label}: {words}", label=told, words=escape(freeze.reason, 300))
    return sentence(
        sentences(
            [
                say("{sentence}.", sentence=f"🧊 {told}"),
                say("Nobody can begin a change of memory; rolling back stays possible."),
                say("{command} ends it.", command=THAW),
            ]
        )
    )


def thawed(count: int) -> Answer:
    """Changes may begin again."""
    if not count:
        return sentence(say("🤷 Nothing is frozen."))
    return sentence(say("☀️ {thawed}: changes of memory may begin again.", thawed=bold(say("Thawed"))))


def no_such(number: int) -> Answer:
    """There is no such resize (any more)."""
    return sentence(say("🤷 There is no resize #{number} any more.", number=number))
