"""The resize form, whatever the plan says and whoever named things, as Slack would take it."""

import json
from dataclasses import replace

import pytest

from bot.domain.plan import beside
from bot.domain.plan.amount import parse
from bot.domain.plan.planning import knobs, plan
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.plan.sizes_on_offer import offer
from bot.domain.subject.subject import Subject
from bot.slack.resize import declining, modal, waiting
from bot.slack.resize.modal import Order, Sheet
from sandbox.slack.rulebook import Rulebook
from tests.domain.revisions import app, on_fargate
from tests.domain.wishes import JVM, NOW, facts, service, target
from tests.slack.block_kit import texts
from tests.slack.resizes import resize
from tests.slack.test_resize_messages import HOSTILE

RULES = Rulebook(lambda _image: True)
CHECKOUT: Subject = target().subject
TWO = facts(on_fargate(2048, 512, app(1024), replace(app(256), name="envoy")))
HEAP = facts(on_fargate(1024, 512, JVM))
SIDE = replace(JVM, name="indexer")
HEAPS = facts(on_fargate(4096, 1024, JVM, SIDE))
BOTH = Order(
    subject=CHECKOUT,
    container="app",
    amount="2G",
    knobs=("JAVA_TOOL_OPTIONS", "JAVA_TOOL_OPTIONS:indexer"),
    others=(("indexer", f"{2 * (JVM.memory_mib or 0)}M"),),
)


def sheet(given: Facts, order: Order, news: str = "") -> Sheet:
    """What the planning makes of it."""
    others = tuple((name, parse(typed)) for name, typed in order.others)
    wish = Wish(
        knobs=frozenset(order.knobs), pin_images=order.pins, amount=parse(order.amount), others=others
    )
    made = plan(given, order.container, wish, now=NOW)
    return Sheet(
        plan=made,
        offer=offer(given, order.container),
        containers=[one.name for one in given.definition.containers],
        knobs=knobs(given, order.container, wish),
        can_pin=True,
        others=beside.others(given, order.container),
        needs_approval=("changes here need a second person",),
        news=news,
    )


FORMS = [
    pytest.param(facts(), Order(subject=CHECKOUT, container="app", amount="2G"), id="one container"),
    pytest.param(TWO, Order(subject=CHECKOUT, container="envoy", amount="+128M"), id="one of two"),
    pytest.param(
        TWO,
        Order(subject=CHECKOUT, container="app", amount="2G", others=(("envoy", "384M"),)),
        id="both of two",
    ),
    pytest.param(
        HEAP, Order(subject=CHECKOUT, container="app", amount="2G", knobs=("JAVA_TOOL_OPTIONS",)), id="a knob"
    ),
    pytest.param(HEAPS, BOTH, id="a knob of each of two"),
    pytest.param(facts(), Order(subject=CHECKOUT, container="app", amount="auto"), id="nothing is advised"),
    pytest.param(
        facts(service=service(controller="EXTERNAL")),
        Order(subject=CHECKOUT, container="app", amount="2G"),
        id="refused",
    ),
    pytest.param(facts(), Order(subject=CHECKOUT, container="nobody", amount="2G"), id="no such container"),
]


@pytest.mark.parametrize(("given", "order"), FORMS)
def test_slack_takes_every_form(given: Facts, order: Order) -> None:
    view = modal.form(order, sheet(given, order, news=HOSTILE), lambda account: account).to_dict()
    RULES.check_view(view, "modal")
    assert ("submit" in view) is sheet(given, order).plan.can_be_done


def test_slack_takes_what_stands_there_before_and_instead_of_a_plan() -> None:
    order = Order(subject=Subject("1", "r", HOSTILE[:200], CHECKOUT.kind, HOSTILE[:200]), reason="ü" * 500)
    troubles = [waiting.trouble(order, HOSTILE, may_pass=may_pass) for may_pass in (False, True)]
    for view in (waiting.looking(order), *troubles, declining.form(resize())):
        RULES.check_view(view.to_dict(), "modal")


def test_a_form_knows_again_what_it_is_about() -> None:
    order = Order(subject=CHECKOUT, container="app", incident_id=7, amount="2G", knobs=("A",), reason="why")
    assert Order.read(order.as_metadata()) == order


@pytest.mark.parametrize("text", ["", "12", "{}", json.dumps({"subject": {"kind": "x"}}), "[1]"])
def test_a_form_of_another_version_is_known_as_one(text: str) -> None:
    assert Order.read(text) is None


def test_another_container_begins_with_what_is_advised_for_it() -> None:
    order = Order(subject=CHECKOUT, container="app", amount="2G")
    picked = {"type": "static_select", "selected_option": {"value": "envoy"}}
    size = {"type": "static_select", "selected_option": {"value": "2048M"}}
    view = {
        "private_metadata": order.as_metadata(),
        "state": {"values": {"a": {modal.CONTAINER: picked}, "b": {modal.SIZE: size}}},
    }
    found = modal.chosen(view)
    assert found is not None
    assert (found.container, found.amount) == ("envoy", "")


def test_the_settings_of_every_container_that_changes_can_be_ticked() -> None:
    view = modal.form(BOTH, sheet(HEAPS, BOTH), lambda account: account).to_dict()
    (boxes,) = [
        block for block in view["blocks"] if block.get("accessory", {}).get("action_id") == modal.TICKS
    ]
    knobs_of = [one for one in boxes["accessory"]["options"] if one["value"].startswith(modal.KNOB)]
    assert [one["text"]["text"].partition(":")[0] for one in knobs_of] == [
        "JAVA_TOOL_OPTIONS re-fitted",
        "JAVA_TOOL_OPTIONS of indexer re-fitted",
    ]
    assert boxes["accessory"]["initial_options"] == knobs_of
    state = {"values": {"t": {modal.TICKS: {"selected_options": knobs_of[1:]}}}}
    found = modal.chosen({"private_metadata": BOTH.as_metadata(), "state": state})
    assert found is not None
    assert found.knobs == ("JAVA_TOOL_OPTIONS:indexer",)
    told = "\n".join(texts(view["blocks"]))
    assert "`JAVA_TOOL_OPTIONS` of `indexer`: `-Xmx768m" in told


def test_each_container_of_the_task_can_get_another_size_in_one_plan() -> None:
    order = Order(subject=CHECKOUT, container="app", amount="2G", others=(("envoy", "384M"),))
    view = modal.form(order, sheet(TWO, order), lambda account: account).to_dict()
    told = "\n".join(texts(view["blocks"]))
    assert "1,024 → 2,048 MiB" in told
    assert "Task: 2,048 MiB → 3,072 MiB" in told
    assert "`envoy`: 256 MiB → 384 MiB" in told
    picked = {"selected_option": {"value": "512M"}}
    state = {"values": {"resize.also.app.envoy": {modal.ALSO: picked}}}
    chosen = modal.chosen(view | {"state": state})
    assert chosen is not None
    assert chosen.others == (("envoy", "512M"),)
    moved = state["values"] | {modal.CONTAINER: {modal.CONTAINER: {"selected_option": {"value": "envoy"}}}}
    assert (modal.chosen(view | {"state": {"values": moved}}) or chosen).others == ()
