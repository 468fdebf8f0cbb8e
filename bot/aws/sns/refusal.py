"""Refusals: why a delivery is not believed, and whether it ever can be."""


class Refused(Exception):
    """The delivery can never become right: answer 4xx, SNS will not repeat it.

    `layer` names the check that refused: json, structure, type, topic, headers, version, freshness, cert_url,
    cert, signature or subscribe_url. `why` is a sentence without anything secret in it.
    """

    def __init__(self, layer: str, why: str) -> None:
        super().__init__(layer, why)
        self.layer = layer
        self.why = why


class TooLarge(Refused):
    """The body is over the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__("json", f"The body is over the limit of {limit_bytes} bytes.")


class Unverifiable(Exception):
    """We could not tell: answer 503, SNS will repeat the delivery. `why` is a sentence without secrets."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
