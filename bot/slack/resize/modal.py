"""The resize modal: what is to be changed, at which size, and what that does: the plan, before anything happens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.investigation.gist import chance, cost
from bot.domain.plan.beside import sizes_near
from bot.domain.plan.plan import Plan
from bot.domain.plan.sizes_on_offer import Choice, Offer, Shelf
from bot.domain.plan.tuning import tick
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import clauses, sentences
from bot.slack.answers import place
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, clean, code, cut, escape
from bot.slack.resize import plan_text

CALLBACK = "resize.form"
CONTAINER, SIZE, TICKS, REASON = "resize.container", "resize.size", "resize.ticks", "resize.reason"
ALSO = "resize.also"  # sizes of other containers; block_id: with the container's name, and the other's
AS_IT_IS = "="
PIN = "pin"
KNOB = "knob:"
OPTION_LIMIT = 75
VALUE_LIMIT = 150
MOST_OPTIONS = 100
MOST_TICKS = 10
LONGEST_REASON = 500
SHELVES = {
    Shelf.RECOMMENDED: mark("Recommended"),
    Shelf.LARGER: mark("Larger"),
    Shelf.MORE_CPU: mark("Larger, with more CPU"),
    Shelf.SMALLER: mark("Smaller"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a form is about, kept in the form itself. `plan_hash` and `revision` are of the plan that it shows."""

    subject: Subject
    container: str = ""
    incident_id: int | None = None
    amount: str = ""
    knobs: tuple[str, ...] = ()
    pins: bool = False
    others: tuple[tuple[str, str], ...] = ()  # containers beside this one, and what is wished for each
    reason: str = ""
    plan_hash: str = ""
    revision: str = ""

    def as_metadata(self) -> str:
        """The text that Slack keeps with the form."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Order | None":
        """What a form was about; None for what no form of ours says."""
        try:
            values = json.loads(text)
            kind = OwnerKind(values["subject"]["kind"])
            subject = Subject(**{**values.pop("subject"), "kind": kind})
            others = tuple((str(name), str(amount)) for name, amount in values.pop("others", ()))
            return cls(**{**values, "subject": subject, "knobs": tuple(values["knobs"]), "others": others})
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the form shows of a plan. `news` says what changed since it was shown last, or why nothing was written."""

    plan: Plan
    offer: Offer
    containers: Sequence[str]
    knobs: Sequence[tuple[str, KnobChange]]  # by container
    can_pin: bool
    others: Sequence[tuple[str, int]]
    needs_approval: Sequence[str]
    news: str = ""


def form(order: Order, sheet: Sheet, account_name: place.AccountName) -> View:
    """The plan with its choices; it can be submitted only where the plan can be carried out."""
    plan = sheet.plan
    blocks: list[Block] = [section(f"⚠️ {escape(sheet.news, 600)}")] if sheet.news else []
    blocks += [section(_head(plan)), context(place.where(order.subject, account_name))]
    blocks += [*_choices(order, sheet), *_plan(plan)]
    shown = replace(
        order,
        plan_hash=plan.hash if plan.can_be_done else "",
        revision=plan.change.revision_arn if plan.change else order.revision,
    )
    if not plan.can_be_done:
        return framed(shown, blocks)
    if sheet.needs_approval:
        why = escape(clauses(sheet.needs_approval), 300)
        blocks.append(context(say("🔑 A second person must approve it: {why}.", why=why)))
    blocks.append(_why(order))
    return framed(shown, blocks, submit=say("Ask for approval" if sheet.needs_approval else "Change memory"))


def framed(order: Order, blocks: list[Block], submit: str = "") -> View:
    """The form around these; it can be submitted only with words for that."""
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=say("Resize"),
        submit=submit or None,
        close=say("Cancel"),
        private_metadata=order.as_metadata(),
        blocks=blocks,
    )


def chosen(view: Mapping[str, Any]) -> Order | None:
    """The order with what is chosen and typed in the form now; None where it is no form of ours."""
    order = Order.read(str(view.get("private_metadata", "")))
    if order is None:
        return None
    container = _selected(view, CONTAINER) or order.container
    has_moved = container != order.container
    ticked = [str(one.get("value", "")) for one in _field(view, TICKS).get("selected_options") or ()]
    typed = _field(view, REASON).get("value")
    return replace(
        order,
        container=container,
        amount="" if has_moved else (_selected(view, SIZE) or order.amount),
        knobs=tuple(one.removeprefix(KNOB) for one in ticked if one.startswith(KNOB)),
        pins=PIN in ticked,
        others=() if has_moved else tuple(_also(view, container)),
        reason=order.reason if typed is None else clean(str(typed))[:LONGEST_REASON],
    )


def _head(plan: Plan) -> str:
    lines = [
        plan_text.heading(plan),
        plan_text.effect(plan),
        *plan_text.refusals(plan),
        plan_text.gravest(plan),
    ]
    return "\n".join(line for line in lines if line)


def _choices(order: Order, sheet: Sheet) -> Iterator[Block]:
    if len(sheet.containers) > 1:
        options = [_option(name, name) for name in sheet.containers[:MOST_OPTIONS]]
        first = next((one for one in options if one.value == order.container[:VALUE_LIMIT]), None)
        select = StaticSelectElement(action_id=CONTAINER, options=options, initial_option=first)
        yield section(bold(say("Container")), accessory=select, block_id=CONTAINER)
    if sheet.offer.choices:
        # A new block_id per container: Slack keeps what was chosen in a block of the same id.
        yield section(
            bold(say("New size")), accessory=_sizes(order, sheet), block_id=f"{SIZE}.{order.container}"[:255]
        )
    for name, mib in sheet.others:
        select = _beside(mib, dict(order.others).get(name, AS_IT_IS))
        block_id = f"{ALSO}.{order.container}.{name}"[:255]
        yield section(say("Memory of {name}", name=code(name, 60)), accessory=select, block_id=block_id)
    if sheet.offer.others:
        yield context(escape(sentences(sheet.offer.others), 500))
    ticks = list(_ticks(order, sheet))
    if ticks:
        on = [one for one in ticks if one.value in {*(KNOB + name for name in order.knobs), PIN * order.pins}]
        boxes = CheckboxesElement(action_id=TICKS, options=ticks, initial_options=on or None)
        yield section(
            bold(say("In the same revision")), accessory=boxes, block_id=f"{TICKS}.{order.container}"[:255]
        )


def _sizes(order: Order, sheet: Sheet) -> StaticSelectElement:
    size = plan_text.pair(sheet.plan)[1]
    choices = sheet.offer.choices[: MOST_OPTIONS - 1]
    own = next((one for one in choices if one.mib == size), None)
    groups = [
        OptionGroup(label=say(SHELVES[shelf]), options=[_size(one) for one in each])
        for shelf, each in groupby(choices, key=lambda one: one.shelf)
    ]
    initial = _size(own) if own else None
    if own is None and size is not None and order.amount:
        initial = _option(f"{size:,} MiB", order.amount)
        groups.insert(0, OptionGroup(label=say("As you typed"), options=[initial]))
    return StaticSelectElement(
        action_id=SIZE, option_groups=groups, initial_option=initial, placeholder=say("Choose a size")
    )


def _size(one: Choice) -> Option:
    option = one.option
    enough = say("enough in {chance}", chance=chance(option.enough)) if option.enough is not None else ""
    parts = (f"{one.mib:,} MiB", enough, cost(option.monthly_usd))
    return _option(" · ".join(part for part in parts if part), one.typed)


def _beside(mib: int, wished: str) -> StaticSelectElement:
    options = [_option(say("{mib} MiB as before", mib=f"{mib:,}"), AS_IT_IS)]
    options += [_option(f"{one:,} MiB", f"{one}M") for one in sizes_near(mib)]
    chosen = next((one for one in options if one.value == wished), options[0])
    return StaticSelectElement(action_id=ALSO, options=options, initial_option=chosen)


def _also(view: Mapping[str, Any], container: str) -> Iterator[tuple[str, str]]:
    """What is chosen for the other containers, where it is not as it is."""
    prefix = f"{ALSO}.{container}."
    for block_id, state in ((view.get("state") or {}).get("values") or {}).items():
        value = str(((state.get(ALSO) or {}).get("selected_option") or {}).get("value", AS_IT_IS))
        if str(block_id).startswith(prefix) and value != AS_IT_IS:
            yield str(block_id).removeprefix(prefix), value


def _ticks(order: Order, sheet: Sheet) -> Iterator[Option]:
    for name, knob in sheet.knobs[: MOST_TICKS - 1]:
        if name == order.container:
            words = say("{variable} re-fitted: {why}", variable=knob.variable, why=knob.why)
        else:
            words = say(
                "{variable} of {name} re-fitted: {why}", variable=knob.variable, name=name, why=knob.why
            )
        yield _option(words, KNOB + tick(order.container, name, knob.variable))
    if sheet.can_pin:
        yield _option(say("Pin the images that run now"), PIN)


def _plan(plan: Plan) -> Iterator[Block]:
    lines = [*plan_text.changes(plan), *plan_text.notes(plan_text.others(plan))]
    lines += [f"👉 {escape(one, 400)}" for one in plan.next_steps[:5]]
    if lines:
        yield section("\n".join(lines))
    for note in [one for one in plan.notes if one.paste][:2]:
        yield section(plan_text.paste(note.paste))


def _why(order: Order) -> InputBlock:
    typed = PlainTextInputElement(
        action_id=REASON,
        max_length=LONGEST_REASON,
        initial_value=order.reason or None,
        placeholder=say("Why: others will ask"),
    )
    return InputBlock(
        block_id=REASON, label=PlainTextObject(text=say("Reason")), element=typed, optional=True
    )


def _option(text: str, value: str) -> Option:
    return Option(value=value[:VALUE_LIMIT], text=cut(clean(text), OPTION_LIMIT) or "–")


def _selected(view: Mapping[str, Any], name: str) -> str:
    return str((_field(view, name).get("selected_option") or {}).get("value", ""))


def _field(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The state of an element, whichever block it stands in."""
    values = (view.get("state") or {}).get("values") or {}
    found: list[Mapping[str, Any]] = [one[name] for one in values.values() if one.get(name)]
    return found[0] if found else {}
