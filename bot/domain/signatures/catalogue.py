"""The catalogue: all signatures, in the order in which causes rule."""

from bot.domain.diagnosis.signature import RANK, Signature
from bot.domain.signatures import compiled, jvm, linux, managed, node, python, scripting, server

SIGNATURES: tuple[Signature, ...] = tuple(
    sorted(
        (
            *jvm.SIGNATURES,
            *node.SIGNATURES,
            *python.SIGNATURES,
            *compiled.SIGNATURES,
            *scripting.SIGNATURES,
            *managed.SIGNATURES,
            *server.SIGNATURES,
            *linux.SIGNATURES,  # last among equals: a runtime knows more than the system below it
        ),
        key=lambda signature: RANK[signature.cause],
    )
)
