"""Progress: where a resize stands, in one or two lines of mrkdwn, and the same in plain words for a phone."""

import re

from bot.domain.plan.plan import TargetKind
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import clauses
from bot.slack.mrkdwn import MENTION, bold, code, date, escape, mention
from bot.slack.resize import plan_text

BAR = 8  # segments of a bar
FULL, EMPTY = "▰", "▱"
WORDS = {
    ResizePhase.AWAITING: ("⏳", mark("Waiting for approval")),
    ResizePhase.APPROVED: ("🔧", mark("Approved")),
    ResizePhase.REGISTERING: ("🔧", mark("Registering")),
    ResizePhase.DEPLOYING: ("🔧", mark("Deploying")),
    ResizePhase.WATCHING: ("👁️", mark("Watching")),
    ResizePhase.ROLLING_BACK: ("⏪", mark("Rolling back")),
    ResizePhase.PROVEN: ("✅", mark("Proven")),
    ResizePhase.NOT_ENOUGH: ("❌", mark("Not enough")),
    ResizePhase.ROLLED_BACK: ("⏪", mark("Rolled back")),
    ResizePhase.FAILED: ("❌", mark("Failed")),
    ResizePhase.CANCELLED: ("🚫", mark("Cancelled")),
    ResizePhase.EXPIRED: ("⌛", mark("Expired")),
}
PLAIN = {  # the same within a sentence
    ResizePhase.AWAITING: mark("waiting for approval"),
    ResizePhase.APPROVED: mark("approved"),
    ResizePhase.REGISTERING: mark("registering"),
    ResizePhase.DEPLOYING: mark("deploying"),
    ResizePhase.WATCHING: mark("watching"),
    ResizePhase.ROLLING_BACK: mark("rolling back"),
    ResizePhase.PROVEN: mark("proven"),
    ResizePhase.NOT_ENOUGH: mark("not enough"),
    ResizePhase.ROLLED_BACK: mark("rolled back"),
    ResizePhase.FAILED: mark("failed"),
    ResizePhase.CANCELLED: mark("cancelled"),
    ResizePhase.EXPIRED: mark("expired"),
}
WORDLESS = frozenset({ResizePhase.AWAITING, ResizePhase.WATCHING})  # what they say is told better here
_SPLIT = re.compile(f"({MENTION.pattern})")


def lines(resize: Resize) -> list[str]:
    """What it changes and where it stands, and what stands in the way."""
    status = resize.status
    head = bold(say("Resize #{number}", number=resize.spec.id))
    found = [f"{head} · {_size(resize)}", standing(resize)]
    if status.phase is ResizePhase.AWAITING:
        found.append(plan_text.gravest(resize.spec.plan))
    if status.trouble and not status.phase.is_final:
        found.append(f"⚠️ {escape(status.trouble, 300)}")
    if status.regressed_at is not None:
        found.append(f"🔁 {bold(say('Undone'))} {date(status.regressed_at)}")
    return [line for line in found if line]


def standing(resize: Resize) -> str:
    """`🔧 *Deploying* ▰▰▰▱▱▱▱▱ 1/3 · checkout-api:88`."""
    status = resize.status
    if status.was_killed_again and status.regressed_at is None:
        return _killed_again(resize)
    emoji, word = WORDS[status.phase]
    state = bold(say("{state}, stuck", state=say(word)) if status.is_stuck else say(word))
    told = {
        ResizePhase.AWAITING: _awaiting,
        ResizePhase.DEPLOYING: _deploying,
        ResizePhase.WATCHING: _watching,
    }.get(status.phase, _said)
    facts = [part for part in told(resize, state) if part]
    return f"{'⚠️' if status.is_stuck else emoji} {' · '.join(facts)}"


def said(words: str, limit: int = 300) -> str:
    """Our sentence with others' words in it: escaped, but for the people whom we mention."""
    parts = _SPLIT.split(words[: 4 * limit])
    return "".join(part if MENTION.fullmatch(part) else _spaced(part, limit) for part in parts)


def plainly(resize: Resize) -> str:
    """One plain sentence for a push: `Resize 2,048 → 3,072 MiB (+50 %): deploying 1 of 3.`"""
    status = resize.status
    stands = say(PLAIN[status.phase])
    if status.phase is ResizePhase.DEPLOYING and (desired := status.desired_count):
        stands = say(
            "deploying {running} of {desired}", running=min(status.running_count, desired), desired=desired
        )
    if status.is_stuck:
        stands = say("{state}, stuck", state=stands)
    if status.was_killed_again:
        stands = say("{state}, killed again since", state=stands)
    if status.regressed_at is not None:
        stands = say("{state}, undone since", state=stands)
    return say("Resize {sizes}: {standing}.", sizes=plan_text.sizes(resize.spec.plan), standing=stands)


def bar(done: int, of: int) -> str:
    """`▰▰▱▱▱▱▱▱ 1/4`; "" where nothing is to be counted."""
    if of <= 0:
        return ""
    done = max(0, min(done, of))
    filled = round(BAR * done / of)
    return f"{FULL * filled}{EMPTY * (BAR - filled)} {done}/{of}"


def _size(resize: Resize) -> str:
    plan = resize.spec.plan
    return " · ".join(part for part in (bold(plan_text.sizes(plan)), plan_text.effect(plan)) if part)


def _awaiting(resize: Resize, state: str) -> list[str]:
    spec = resize.spec
    why, who = escape(clauses(spec.needs_approval), 160), mention(spec.requested_by)
    asked = say("asked by {who}", who=who)
    if spec.reason:
        asked = say("{label}: {words}", label=asked, words=escape(spec.reason, 160))
    head = say("{state} ({words})", state=state, words=why) if why else state
    return [head, asked, say("expires {when}", when=date(spec.expires_at))]


def _deploying(resize: Resize, state: str) -> list[str]:
    status = resize.status
    counted = bar(status.running_count, status.desired_count)
    if not counted:
        return _said(resize, state)
    if resize.spec.plan.target.kind is not TargetKind.SERVICE:
        counted = say("{bar} moved", bar=counted)
    revision = status.new_revision_arn.rpartition("/")[2]
    is_told = revision and status.is_as_usual and not status.is_stuck
    return [f"{state} {counted}", code(revision, 100) if is_told else said(status.words)]


def _watching(resize: Resize, state: str) -> list[str]:
    status, ends_at = resize.status, resize.watch_ends_at
    head = state if ends_at is None else say("{state} until {when}", state=state, when=date(ends_at))
    steady_at, share = status.steady_at, _peak_share(resize)
    return [
        head,
        say("steady") if steady_at is None else say("steady since {when}", when=date(steady_at)),
        count(status.kills_since, "{n} kill", "{n} kills") if status.kills_since else say("no OOM so far"),
        say("peak {share:.0%}", share=share) if share is not None else "",
    ]


def _killed_again(resize: Resize) -> str:
    """What it was proven by is no longer what counts."""
    status, (_, mib) = resize.status, plan_text.pair(resize.spec.plan)
    kills = count(status.kills_since, "{n} kill", "{n} kills")
    facts = [
        bold(say("Killed again")),
        say("{kills} at {mib} MiB", kills=kills, mib=f"{mib:,}") if mib else kills,
        say("was proven {when}", when=date(status.ended_at)) if status.ended_at else "",
    ]
    return f"❌ {' · '.join(fact for fact in facts if fact)}"


def _said(resize: Resize, state: str) -> list[str]:
    """The state and the words; words that begin with it are not told twice: `*Approved* by @bob.`"""
    words, name = said(resize.status.words), say(WORDS[resize.status.phase][1])
    if words.startswith(name) and not resize.status.is_stuck:
        return [f"{bold(name)}{words.removeprefix(name)}"]
    return [state, words]


def _peak_share(resize: Resize) -> float | None:
    peak, (_, size) = resize.status.peak_mib, plan_text.pair(resize.spec.plan)
    return peak / size if peak is not None and size else None


def _spaced(text: str, limit: int) -> str:
    """Escaped, with the blanks at its ends, which stand beside a mention."""
    inner = escape(text, limit)
    before = " " if text[:1].isspace() and inner else ""
    after = " " if text[-1:].isspace() and inner else ""
    return f"{before}{inner}{after}"
