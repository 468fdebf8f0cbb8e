"""Filter patterns of CloudWatch Logs: terms, "phrases", ?either ?or, -without; all as they are written."""

import re
from collections.abc import Callable

from sandbox.aws.errors import AwsError

_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))')


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a line matches; case counts. InvalidParameterException for JSON and regular expressions, not played."""
    if pattern.strip()[:1] in ("{", "[", "%"):
        raise AwsError(
            "InvalidParameterException", "The sandbox plays filter patterns of terms and phrases only."
        )
    terms = [(sign, phrase or word) for sign, phrase, word in _TERM.findall(pattern)]
    must = [text for sign, text in terms if not sign]
    either = [text for sign, text in terms if sign == "?"]
    never = [text for sign, text in terms if sign == "-"]

    def matches(line: str) -> bool:
        wanted = all(text in line for text in must) and not any(text in line for text in never)
        return wanted and (not either or any(text in line for text in either))

    return matches
