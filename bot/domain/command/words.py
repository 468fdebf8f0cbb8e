"""Words: what a person typed after `/oom`, as plain text."""

import re
from html import unescape

LONGEST = 4000  # characters that are read of what was typed
ANGLE = re.compile(r"<(?P<body>[^<>|]{0,500})(?:\|(?P<label>[^<>]{0,500}))?>")
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # writing direction
SINGLE, DOUBLE, INVISIBLE = "‘’‚‛′", "“”„‟«»″", "\u200b\u200c\u200d\ufeff\u2060`" + BIDI
TYPOGRAPHY = str.maketrans(
    dict.fromkeys(SINGLE, "'") | dict.fromkeys(DOUBLE, '"') | dict.fromkeys(INVISIBLE, None)
)
WORD = re.compile(r'"([^"]*)"?|([^\s"]+)')


def split(text: str) -> list[str]:
    """The words, never empty ones; a part in double quotes is one word.

    Undoes what Slack and phones do to typed text: `&amp;` and its kin, `<url|label>`, smart quotes, hard spaces,
    invisible characters, code marks.
    """
    plain = ANGLE.sub(lambda found: found["label"] or found["body"], text[:LONGEST])
    plain = unescape(plain).translate(TYPOGRAPHY)
    found = ((quoted or bare).strip() for quoted, bare in WORD.findall(plain))
    return [word for word in found if word]


def quoted(word: str) -> str:
    """A word so that `split` gives it back as one."""
    plain = word.replace('"', "'")
    return f'"{plain}"' if re.search(r"\s", plain) or not plain else plain
