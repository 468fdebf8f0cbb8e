"""Errors: what AWS answers when it refuses, with its own codes and words."""


class AwsError(Exception):
    """A refusal that goes over the wire: code, sentence, HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """`code` as botocore knows it, without a prefix."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class SaysNo(AwsError):
    """An answer that AWS can only give as a refusal, though to ask was right: no line of the wire log is red for it."""
