"""Trouble: what can go wrong with a call to AWS, as a small tree of errors whose texts a person reads."""

from bot.domain.telling.language import ENGLISH, mark, say, speaking


class AwsTrouble(Exception):
    """A call to AWS did not work out. It is told in the language that is spoken where it is read, not where it arose."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        """A marked template with its values; or, without values, words of AWS's own, which stay as they are."""
        super().__init__(sentence)
        self._sentence = sentence
        self._values = values

    def __str__(self) -> str:
        """What happened, for a person."""
        return say(self._sentence, **self._values)

    @property
    def english(self) -> str:
        """The same for a log."""
        with speaking(ENGLISH):
            return str(self)


class Unreachable(AwsTrouble):
    """AWS did not answer, answered with its own trouble, or asks to slow down: try again later."""


class Forbidden(AwsTrouble):
    """The role lacks a permission; `action` names it as in IAM."""

    def __init__(self, action: str, sentence: str = "", /, **values: object) -> None:
        """Keep the IAM action, `ecs:DescribeTasks` say; the sentence is for where more is known than that."""
        more = values if sentence else {"action": action}
        super().__init__(sentence or mark("not allowed: the role needs {action}"), **more)
        self.action = action


class Rejected(AwsTrouble):
    """AWS says that the request is wrong; `code` is AWS's own word."""

    def __init__(self, code: str, message: str, /, **values: object) -> None:
        """Keep AWS's error code and sentence."""
        super().__init__(message, **values)
        self.code = code

    def __str__(self) -> str:
        """The code and the sentence."""
        return f"{self.code}: {super().__str__()}"[:500]
