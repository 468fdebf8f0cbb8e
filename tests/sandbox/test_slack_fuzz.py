"""Whatever an app sends, Slack answers with an error of its own and never falls over."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.advice import on_post
from sandbox.slack.blocks import BLOCKS
from sandbox.slack.elements import INPUTS, PRESSABLE
from sandbox.slack.refusal import Refusal
from sandbox.slack.rulebook import Rulebook
from sandbox.slack.screen import initial_state

KINDS = st.sampled_from([*BLOCKS, *PRESSABLE, *INPUTS, "plain_text", "mrkdwn", "modal", "home", "nope"])
FIELDS = st.sampled_from(
    [
        "text",
        "type",
        "blocks",
        "elements",
        "element",
        "fields",
        "accessory",
        "options",
        "value",
        "label",
        "title",
        "confirm",
        "block_id",
        "action_id",
        "alt_text",
        "image_url",
        "slack_file",
        "chart",
        "series",
        "data",
        "rows",
        "child_blocks",
        "attachments",
        "metadata",
        "submit",
        "color",
    ]
)
LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), KINDS)


def grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    things = st.dictionaries(FIELDS, children, max_size=5)
    typed = st.tuples(KINDS, things).map(lambda pair: pair[1] | {"type": pair[0]})
    return st.one_of(st.lists(children, max_size=3), things, typed)


ANYTHING = st.recursive(LEAF, grown, max_leaves=25)
OBJECT = st.dictionaries(FIELDS, ANYTHING, max_size=6)


@given(OBJECT)
def test_any_message_is_taken_or_refused(fields: dict[str, Any]) -> None:
    with suppress(Refusal):
        content = Rulebook(lambda _file: True).content(fields)
        initial_state(content.blocks or [])
        list(on_post(fields))


@given(st.one_of(OBJECT, st.builds(lambda view: view | {"type": "modal"}, OBJECT)))
def test_any_view_is_taken_or_refused(view: dict[str, Any]) -> None:
    with suppress(Refusal):
        Rulebook(lambda _file: True).check_view(view, "modal", "home")
        initial_state(view["blocks"])
