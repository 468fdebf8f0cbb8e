"""Rich text: formatted text as a tree, in blocks, cells and inputs."""

from sandbox.slack.rule import Rule, array, boolean, by_type, choice, integer, shape, string

ID = string(255)
URL = string(3000, pattern=r"[a-z][a-z0-9+.-]*:\S+")
STYLED = {
    "style": shape({}, dict.fromkeys(("bold", "italic", "strike", "underline", "code", "unlink"), boolean))
}
LEAVES: dict[str, Rule] = {
    "text": shape({"text": string(least=1)}, STYLED),
    "link": shape({"url": URL}, STYLED | {"text": string(), "unsafe": boolean}),
    "user": shape({"user_id": ID}, STYLED),
    "usergroup": shape({"usergroup_id": ID}, STYLED),
    "channel": shape({"channel_id": ID}, STYLED),
    "emoji": shape({"name": string()}, STYLED | {"unicode": string(), "skin_tone": integer(1, 6)}),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, STYLED),
    "color": shape({"value": string(pattern="#?[0-9a-fA-F]{6}")}, STYLED),
    "date": shape(
        {"timestamp": integer(0, 99_999_999_999), "format": string()},
        STYLED | {"url": URL, "fallback": string()},
    ),
}
RICH_LINE = {"elements": array(by_type(LEAVES), least=0)}
BORDER = {"border": integer(0, 1)}
SECTION = shape(RICH_LINE, {})
RICH_PARTS: dict[str, Rule] = {
    "rich_text_section": SECTION,
    "rich_text_preformatted": shape(RICH_LINE, BORDER | {"language": string()}),
    "rich_text_quote": shape(RICH_LINE, BORDER),
    "rich_text_list": shape(
        {"style": choice("bullet", "ordered"), "elements": array(by_type({"rich_text_section": SECTION}))},
        BORDER | {"indent": integer(0, 8), "offset": integer(0, 9999)},
    ),
}
RICH = {"elements": array(by_type(RICH_PARTS), least=0)}
RICH_TEXT = by_type({"rich_text": shape(RICH, {})})
