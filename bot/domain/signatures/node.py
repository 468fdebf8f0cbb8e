"""Node.js signatures: V8's heap cap, workers' own caps, and single requests that no heap can serve."""

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="node.heap",
        runtime="Node.js",
        pattern=line_of(
            r"""\bFATAL\ ERROR:\ [^\n]{0,200}?(?:JavaScript\ heap|process)\ out\ of\ memory
              | \bAllocation\ failed\ -\ (?:JavaScript\ heap|process)\ out\ of\ memory
              | \bFatal\ (?:JavaScript|process)\ out\ of\ memory:"""
        ),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("The JavaScript heap is full."),
        fix=mark(
            "Raise --max-old-space-size to 75 % of the container's memory, and the container with it; check for a leak."
        ),
    ),
    Signature(
        rule="node.worker",
        runtime="Node.js",
        pattern=line_of(
            r"\bERR_WORKER_OUT_OF_MEMORY\b|\bWorker\ terminated\ due\ to\ reaching\ memory\ limit"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("A worker thread reached its own memory cap."),
        fix=mark("Raise resourceLimits of that worker, not the container."),
    ),
    Signature(
        rule="node.arraybuffer",
        runtime="Node.js",
        pattern=line_of(
            r"""\bRangeError:\ (?:Array\ buffer\ allocation\ failed|Invalid\ string\ length
                  |Invalid\ (?:typed\ array|array\ buffer)\ length)
              | \bERR_STRING_TOO_LONG\b | \bCannot\ create\ a\ string\ longer\ than\ 0x"""
        ),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("One buffer or text was too big for Node.js."),
        fix=mark("Bound the input or stream it; a larger container will not help."),
    ),
)
