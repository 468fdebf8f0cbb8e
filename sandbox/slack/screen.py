"""The screen: what a person can press, choose and type in a set of blocks, and nothing else."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from sandbox.slack.content import INTERACTIVE, PRESSED, elements
from sandbox.slack.conversation import Json
from sandbox.slack.refusal import Nonsense
from sandbox.slack.workspace import Workspace

LISTS = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")


def interactive(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block with each of its interactive elements; blocks inside a container stand for themselves."""
    for block in blocks:
        yield from interactive(block.get("child_blocks", []))
        own = {key: value for key, value in block.items() if key != "child_blocks"}
        yield from ((block, element) for element in elements(own) if element.get("type") in INTERACTIVE)


def find(blocks: Iterable[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """The element of these ids with its block; Nonsense if it is not on the screen.

    Apps give their blocks new ids with every update, and one may come while a finger is on its way: then the press
    means the element of this action, if there is one and no other.
    """
    alike = [found for found in interactive(blocks) if found[1]["action_id"] == action_id]
    same = [(block, element) for block, element in alike if block["block_id"] == block_id]
    if same or len(alike) == 1:
        return (same or alike)[0]
    raise Nonsense(f"There is no element {action_id!r} in block {block_id!r} on the screen.")


def initial_state(blocks: Iterable[Json]) -> Json:
    """What `state.values` holds before anybody touched anything: {block_id: {action_id: value}}."""
    state: Json = {}
    for block, element in interactive(blocks):
        kind = element["type"]
        if kind not in PRESSED:
            name, initial = INTERACTIVE[kind]
            value = element.get(initial, [] if name in LISTS else None)
            state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, name: value}
    return state


def merged(blocks: list[Json], *typed: Json) -> Json:
    """The initial state with what was typed into elements that are (still) on the screen, the last wins."""
    state = initial_state(blocks)
    for values in typed:
        for block_id, actions in state.items():
            for action_id, initial in actions.items():
                value = values.get(block_id, {}).get(action_id)
                if value and value.get("type") == initial["type"]:
                    actions[action_id] = initial | value
    return state


def options_of(element: Json) -> list[Json]:
    """All options of an element, those in groups included."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def chosen(element: Json, value: Json, offered: list[Json], workspace: Workspace) -> Json:
    """What the app is told was chosen: Slack's own copy of the options; Nonsense for what is not offered.

    `offered` are the options that the app gave for an external select.
    """
    kind = element["type"]
    name, initial = INTERACTIVE[kind]
    picked = value.get(name)
    if kind in PRESSED - {"overflow"}:
        return {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    known = {
        option["value"]: option for option in [*options_of(element), *offered, *_preset(element, initial)]
    }
    if too_many := _too_many(element, picked):
        raise Nonsense(too_many)
    if name == "selected_option":
        return {name: picked and _offered(known, picked)}
    if name == "selected_options":
        return {name: [_offered(known, one) for one in picked or []]}
    people: dict[str, Container[str]] = {
        "selected_user": workspace.users,
        "selected_channel": workspace.channels,
    }
    if name in people and picked is not None and picked not in people[name]:
        raise Nonsense(f"{picked!r} is not in the list.")
    return {name: picked}


def _preset(element: Json, initial: str) -> list[Json]:
    """The options that were chosen from the start."""
    preset: Any = element.get(initial) or []
    return [preset] if isinstance(preset, dict) else [option for option in preset if isinstance(option, dict)]


def _offered(known: dict[str, Json], picked: Json) -> Json:
    option = known.get(picked.get("value", ""))
    if option is None:
        raise Nonsense(f"The option {picked.get('value')!r} is not in the menu.")
    return option


def complaints(blocks: list[Json], state: Json) -> dict[str, str]:
    """What Slack itself says under inputs before it sends a form: {block_id: sentence}."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block["type"] != "input":
            continue
        value = state[block["block_id"]][element["action_id"]][INTERACTIVE[element["type"]][0]]
        sentence = _complaint(block, element, value)
        if sentence:
            found[block["block_id"]] = sentence
    return found


def _complaint(block: Json, element: Json, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if not isinstance(value, str):
        return _too_many(element, value)
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return _not_a_number(element, value) if element["type"] == "number_input" else ""


def _too_many(element: Json, picked: Any) -> str:
    """What is wrong with a choice of more than `max_selected_items`."""
    most = element.get("max_selected_items")
    return (
        f"Please choose at most {most}." if most and isinstance(picked, list) and len(picked) > most else ""
    )


def _not_a_number(element: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    if number < float(element.get("min_value", "-inf")):
        return f"Please enter {element['min_value']} or more."
    if number > float(element.get("max_value", "inf")):
        return f"Please enter {element['max_value']} or less."
    return ""
