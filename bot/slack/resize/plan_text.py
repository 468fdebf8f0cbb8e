"""Plan text: what a resize would change, in lines of mrkdwn: the sizes first, then what is to be known."""

from collections.abc import Iterator, Sequence

from bot.domain.investigation.gist import chance, cost
from bot.domain.plan.plan import Change, ContainerChange, Note, Plan, Severity, TargetKind
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.domain.telling.masking import masked
from bot.slack.mrkdwn import bold, code, cut, escape

EMOJI = {Severity.DANGER: "🛑", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
MOST_NOTES = 6
MOST_REFUSALS = 4
MOST_OTHERS = 4  # other containers and knobs that are named
LONGEST_PASTE = 1200


def sizes(plan: Plan) -> str:
    """`2,048 → 3,072 MiB (+50 %)` of what is resized: the container's limit, the task's, or the reservation."""
    old, new = pair(plan)
    if new is None:
        return say("no size yet")
    if old is None:
        return say("no limit → {mib} MiB", mib=f"{new:,}")
    if old == new:
        return say("{mib} MiB as before", mib=f"{new:,}")
    percent = say("{share:,.0%}", share=abs(new - old) / old)
    return say(
        "{words} ({more})", words=f"{old:,} → {new:,} MiB", more=f"{'+' if new > old else '−'}{percent}"
    )


def pair(plan: Plan) -> tuple[int | None, int | None]:
    """The size that people think of, before and after, MiB."""
    change = plan.change
    if change is None:
        return None, None
    own = _own(plan, change)
    if own is not None and own.new_memory_mib is not None and own.new_memory_mib != own.old_memory_mib:
        return own.old_memory_mib, own.new_memory_mib
    if change.task_memory_mib[1] is not None and change.task_memory_mib[0] != change.task_memory_mib[1]:
        return change.task_memory_mib
    return own.counted_mib if own else (None, None)


def named(plan: Plan, limit: int = 80) -> str:
    """`*checkout-api* / `app``; the container only where it says more."""
    name = plan.target.subject.name
    container = f" / {code(plan.container, limit)}" if plan.container not in ("", name) else ""
    return bold(escape(name, limit)) + container


def heading(plan: Plan) -> str:
    """`*checkout-api* / `app`  *2,048 → 3,072 MiB* (+50 %)`."""
    return f"{named(plan)}  {bold(sizes(plan))}"


def effect(plan: Plan) -> str:
    """`enough in 9 of 10 · +$14/month for 3 tasks · *CPU 0.5 → 1 vCPU*`; "" where nothing is known."""
    enough = say("enough in {chance}", chance=chance(plan.enough)) if plan.enough is not None else ""
    price, tasks = cost(plan.monthly_usd), plan.desired_count
    if price and tasks:
        price = count(tasks, "{price} for {n} task", "{price} for {n} tasks", price=price)
    free = say("costs nothing more") if plan.monthly_usd is not None and not price else ""
    return " · ".join(part for part in (enough, price or free, cpu(plan)) if part)


def cpu(plan: Plan) -> str:
    """A change of the task's CPU, in bold: Fargate forced it, and it has to be paid."""
    old, new = plan.change.cpu if plan.change else (None, None)
    if new is None or old == new:
        return ""
    if old is None:
        return bold(say("CPU none → {new:g} vCPU", new=new / 1024))
    return bold(say("CPU {old:g} → {new:g} vCPU", old=old / 1024, new=new / 1024))


def changes(plan: Plan) -> list[str]:
    """What else the new revision changes but for the CPU, a line each."""
    change = plan.change
    if change is None:
        return []
    return [*_sizes_beside(plan, change), *_knobs(plan, change), *_images(change), *_pins(plan)]


def _sizes_beside(plan: Plan, change: Change) -> Iterator[str]:
    old, new = change.task_memory_mib
    if new is not None and old != new and (old, new) != pair(plan):
        yield say("Task: {old} → {new} MiB", old=_mib(old), new=f"{new:,}")
    own = _own(plan, change)
    if own and own.new_reservation_mib is not None and own.old_reservation_mib != own.new_reservation_mib:
        before, after = own.old_reservation_mib, own.new_reservation_mib
        yield say("Reservation: {old} → {new} MiB", old=_mib(before), new=f"{after:,}")
    others = [one for one in change.containers if one is not own]
    for one in others[:MOST_OTHERS]:
        old, new = one.counted_mib
        if old != new and new is not None:
            yield f"{code(one.name, 60)}: {_mib(old)} → {new:,} MiB"
    pairs = [(one.name, *one.counted_mib) for one in others]
    kept = [(name, old) for name, old, new in pairs if old == new and old is not None]
    if kept:
        told = commas(f"{code(name, 60)} {_mib(mib)}" for name, mib in kept[:MOST_OTHERS])
        yield say("As before: {containers}", containers=told)


def _knobs(plan: Plan, change: Change) -> Iterator[str]:
    for name, knob in change.knobs[:MOST_OTHERS]:
        variable = code(knob.variable, 80)
        if name != plan.container:
            variable = say("{variable} of {name}", variable=variable, name=code(name, 60))
        if masked(knob.new) != knob.new or masked(knob.old) != knob.old:
            yield say(
                "{variable} is changed too ({why}); its value may hold a secret",
                variable=variable,
                why=escape(knob.why, 120),
            )
        else:
            old = code(knob.old or say("(not set)"), 160)
            yield f"{variable}: {old} → {code(knob.new, 160)}"


def _images(change: Change) -> Iterator[str]:
    for one in [one for one in change.containers if one.image][:MOST_OTHERS]:
        digest = code(one.image.rpartition("@")[2][:19], 40)
        yield say("Image of {name} pinned to {digest}", name=code(one.name, 60), digest=digest)


def _pins(plan: Plan) -> Iterator[str]:
    pins, kind = plan.target.pins, plan.target.kind
    if not pins:
        return
    names = commas(code(one.partition(" ")[2] or one, 80) for one in pins[:3])  # what kind is said before
    if len(pins) > 3:
        names = count(len(pins) - 3, "{names} and {n} more", "{names} and {n} more", names=names)
    if kind is TargetKind.RULE:
        yield count(
            len(pins),
            "Moves the EventBridge target {names}",
            "Moves the EventBridge targets {names}",
            names=names,
        )
    elif kind is TargetKind.SCHEDULE:
        yield count(len(pins), "Moves the schedule {names}", "Moves the schedules {names}", names=names)


def gravest(plan: Plan) -> str:
    """The first danger, else the first warning, as a line to stand above whatever agrees to the plan; "" for none."""
    one = _gravest(plan)
    return _note(one) if one is not None else ""


def gravest_plainly(plan: Plan) -> str:
    """Likewise, as a plain sentence."""
    one = _gravest(plan)
    return cut(one.words, 160) if one is not None else ""


def others(plan: Plan) -> tuple[Note, ...]:
    """The notes but for the gravest, which stands above."""
    one = _gravest(plan)
    return tuple(note for note in plan.notes if note is not one)


def _gravest(plan: Plan) -> Note | None:
    found = (
        one for grade in (Severity.DANGER, Severity.WARNING) for one in plan.notes if one.severity is grade
    )
    return next(found, None)


def notes(found: Sequence[Note], most: int = MOST_NOTES) -> list[str]:
    """What to know before agreeing, the gravest first; a danger in bold."""
    lines = [_note(one) for one in found[:most]]
    more = len(found) - most
    return [*lines, count(more, "…and {n} more note", "…and {n} more notes")] if more > 0 else lines


def _note(one: Note) -> str:
    words = escape(one.words, 300)
    return f"{EMOJI[one.severity]} {bold(words) if one.severity is Severity.DANGER else words}"


def refusals(plan: Plan) -> list[str]:
    """The exact reasons why it cannot be done."""
    return [f"⛔ {escape(one, 400)}" for one in plan.refusals[:MOST_REFUSALS]]


def paste(text: str) -> str:
    """Lines to copy, as a block of code that they cannot leave; "" for none."""
    lines = text.replace("`", "'").replace("\r", "").split("\n")
    clean = cut("\n".join(_printable(line) for line in lines).strip("\n"), LONGEST_PASTE)
    escaped = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"```\n{escaped}\n```" if escaped else ""


def pastes(found: Sequence[Note], most: int = 2) -> list[str]:
    """The notes that hold something to copy, with it."""
    return [f"{_note(one)}\n{paste(one.paste)}" for one in found if one.paste][:most]


def _printable(line: str) -> str:
    return "".join(char for char in line.replace("\t", "  ") if char.isprintable())


def _own(plan: Plan, change: Change) -> ContainerChange | None:
    return next((one for one in change.containers if one.name == plan.container), None)


def _mib(size: int | None) -> str:
    return say("not set") if size is None else f"{size:,} MiB"
