"""Trouble: what can go wrong with a call to AWS, as a small tree of errors whose texts a person reads."""


class AwsTrouble(Exception):
    """A call to AWS did not work out."""


class Unreachable(AwsTrouble):
    """AWS did not answer, answered with its own trouble, or asks to slow down: try again later."""


class Forbidden(AwsTrouble):
    """The role lacks a permission; `action` names it as in IAM."""

    def __init__(self, action: str, sentence: str = "") -> None:
        """Keep the IAM action, `ecs:DescribeTasks` say; the sentence is for where more is known than that."""
        super().__init__(sentence or f"not allowed: the role needs {action}")
        self.action = action


class Rejected(AwsTrouble):
    """AWS says that the request is wrong; `code` is AWS's own word."""

    def __init__(self, code: str, message: str) -> None:
        """Keep AWS's error code and sentence."""
        super().__init__(f"{code}: {message}"[:500])
        self.code = code
