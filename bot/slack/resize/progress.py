"""Progress: where a resize stands, in one or two lines of mrkdwn, and the same in plain words for a phone."""

import re
from datetime import datetime

from bot.domain.language import count
from bot.domain.plan import TargetKind
from bot.domain.resize import Resize, ResizePhase
from bot.slack.mrkdwn import MENTION, bold, code, date, escape, mention
from bot.slack.resize import plan_text

BAR = 8  # segments of a bar
FULL, EMPTY = "▰", "▱"
WORDS = {
    ResizePhase.AWAITING: ("⏳", "Waiting for approval"),
    ResizePhase.APPROVED: ("🔧", "Approved"),
    ResizePhase.REGISTERING: ("🔧", "Registering"),
    ResizePhase.DEPLOYING: ("🔧", "Deploying"),
    ResizePhase.WATCHING: ("👁️", "Watching"),
    ResizePhase.ROLLING_BACK: ("⏪", "Rolling back"),
    ResizePhase.PROVEN: ("✅", "Proven"),
    ResizePhase.NOT_ENOUGH: ("❌", "Not enough"),
    ResizePhase.ROLLED_BACK: ("⏪", "Rolled back"),
    ResizePhase.FAILED: ("❌", "Failed"),
    ResizePhase.CANCELLED: ("🚫", "Cancelled"),
    ResizePhase.EXPIRED: ("⌛", "Expired"),
}
WORDLESS = frozenset({ResizePhase.AWAITING, ResizePhase.WATCHING})  # what they say is told better here
_SPLIT = re.compile(f"({MENTION.pattern})")


def lines(resize: Resize) -> list[str]:
    """What it changes and where it stands, and what stands in the way."""
    status = resize.status
    found = [f"{bold(f'Resize #{resize.spec.id}')}  {_size(resize)}", standing(resize)]
    if status.phase is ResizePhase.AWAITING:
        found.append(plan_text.gravest(resize.spec.plan))
    if status.trouble and not status.phase.is_final:
        found.append(f"⚠️ {escape(status.trouble, 300)}")
    if status.regressed_at is not None:
        found.append(f"🔁 {bold('Undone')} {date(status.regressed_at)}")
    return [line for line in found if line]


def standing(resize: Resize) -> str:
    """`🔧 *Deploying* ▰▰▰▱▱▱▱▱ 1/3 · checkout-api:88`."""
    status = resize.status
    emoji, word = WORDS[status.phase]
    if status.is_stuck:
        emoji, word = "⚠️", f"{word}, stuck"
    told = {
        ResizePhase.AWAITING: _awaiting,
        ResizePhase.DEPLOYING: _deploying,
        ResizePhase.WATCHING: _watching,
    }.get(status.phase, _said)
    return f"{emoji} {bold(word)}{told(resize)}"


def said(words: str, limit: int = 300) -> str:
    """Our sentence with others' words in it: escaped, but for the people whom we mention."""
    parts = _SPLIT.split(words[: 4 * limit])
    return "".join(part if MENTION.fullmatch(part) else _spaced(part, limit) for part in parts)


def plainly(resize: Resize) -> str:
    """One plain sentence for a push: `Resize 2,048 → 3,072 MiB (+50 %): deploying 1 of 3.`"""
    status = resize.status
    _, word = WORDS[status.phase]
    counts = ""
    if status.phase is ResizePhase.DEPLOYING and status.desired_count:
        counts = f" {min(status.running_count, status.desired_count)} of {status.desired_count}"
    stuck = ", stuck" if status.is_stuck else ""
    undone = ", undone since" if status.regressed_at is not None else ""
    return f"Resize {plan_text.sizes(resize.spec.plan)}: {word[:1].lower()}{word[1:]}{counts}{stuck}{undone}."


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


def _awaiting(resize: Resize) -> str:
    spec = resize.spec
    why = escape("; ".join(spec.needs_approval), 160)
    because = f" ({why})" if why else ""
    return f"{because} · asked by {mention(spec.requested_by)}{_reason(resize)} · expires {date(spec.expires_at)}"


def _deploying(resize: Resize) -> str:
    status = resize.status
    unit = "" if resize.spec.plan.target.kind is TargetKind.SERVICE else " moved"
    counted = bar(status.running_count, status.desired_count)
    revision = status.new_revision_arn.rpartition("/")[2]
    is_told = counted and status.words.startswith(f"Deploying {revision}") and not status.is_stuck
    words = f" · {code(revision, 100)}" if is_told and revision else _said(resize)
    return f" {counted}{unit}{words}" if counted else words


def _watching(resize: Resize) -> str:
    status, ends_at = resize.status, resize.watch_ends_at
    until = f" until {date(ends_at)}" if ends_at is not None else ""
    share = _peak_share(resize)
    peak = f" · peak {share:.0%}" if share is not None else ""
    kills = count(status.kills_since, "{n} kill", "{n} kills") if status.kills_since else "no OOM so far"
    return f"{until} · steady{_since(status.steady_at)} · {kills}{peak}"


def _said(resize: Resize) -> str:
    words = resize.status.words
    return f" · {said(words)}" if words else ""


def _reason(resize: Resize) -> str:
    return f": {escape(resize.spec.reason, 160)}" if resize.spec.reason else ""


def _since(moment: datetime | None) -> str:
    return f" since {date(moment)}" if moment is not None else ""


def _peak_share(resize: Resize) -> float | None:
    peak, (_, size) = resize.status.peak_mib, plan_text.pair(resize.spec.plan)
    return peak / size if peak is not None and size else None


def _spaced(text: str, limit: int) -> str:
    """Escaped, with the blanks at its ends, which stand beside a mention."""
    inner = escape(text, limit)
    before = " " if text[:1].isspace() and inner else ""
    after = " " if text[-1:].isspace() and inner else ""
    return f"{before}{inner}{after}"
