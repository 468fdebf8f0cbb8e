"""JVM signatures: HotSpot's own out-of-memory errors, and those of Netty, Spark and Elasticsearch on top of it."""

import re

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

ERROR = r"(?:\bjava[./]lang[./]|\bj\.l\.|\b)OutOfMemoryError:\ "  # loggers shorten the package
HEAP = r"(?:Java\ heap\ space|GC\ overhead\ limit\ exceeded)"
RAISE_HEAP = mark("Raise -Xmx (or MaxRAMPercentage) together with the container's memory.")
RAISE_DIRECT = mark(
    "Raise -XX:MaxDirectMemorySize and the container's memory by the same, or fix a leak of buffers."
)
RUNTIME = "JVM"

SIGNATURES = (
    Signature(
        rule="jvm.heap",
        runtime=RUNTIME,
        pattern=line_of(
            ERROR + r"(?:Java\ heap\ space|Garbage-collected\ heap\ size\ exceeded)"
            r'|\bdetail\ "java/lang/OutOfMemoryError"\ "Java\ heap\ space"'
            r"|\bJava\ heap\ space,\ shutting\ down\ JVM"
            r"|\bException:\ java\.lang\.OutOfMemoryError\ thrown\ from\ the\ UncaughtExceptionHandler"
        ),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("The Java heap is full."),
        fix=RAISE_HEAP,
    ),
    Signature(
        rule="jvm.gc_overhead",
        runtime=RUNTIME,
        pattern=line_of(ERROR + r"GC\ overhead\ limit\ exceeded"),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("The Java heap is nearly full: almost all time went into garbage collection."),
        fix=mark("Raise -Xmx together with the container's memory, and look for a leak."),
    ),
    Signature(
        rule="jvm.metaspace",
        runtime=RUNTIME,
        pattern=line_of(
            ERROR + r"(?P<what>Metaspace|Compressed\ class\ space|PermGen\ space|Metadata\ space)"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Java's room for classes ({what}) is full."),
        fix=mark(
            "Raise -XX:MaxMetaspaceSize and the container's memory by the same, and look for a class-loader leak."
        ),
    ),
    Signature(
        rule="jvm.array",
        runtime=RUNTIME,
        pattern=line_of(
            ERROR
            + r"""(?:Requested\ array\ size\ exceeds\ VM\ limit
              | Required\ (?:length\ exceeds\ implementation\ limit|array\ (?:length|size)\b.{0,60}\btoo\ large)
              | Array\ allocation\ too\ large
              | Overflow:\ String\ length\ out\ of\ range
              | UTF16\ String\ size\ is\b)"""
        ),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("The program asked for an array larger than Java can make."),
        fix=mark("Correct the code or bound its input; do not raise memory."),
    ),
    Signature(
        rule="jvm.direct",
        runtime=RUNTIME,
        pattern=line_of(
            ERROR + r"Cannot\ reserve\ \d{1,15}\ bytes\ of\ direct\ buffer\ memory\ "
            r"\(allocated:\ \d{1,15},\ limit:\ (?P<limit_bytes>\d{1,15})\)"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Java's direct buffers reached their cap of {limit_bytes}."),
        fix=RAISE_DIRECT,
    ),
    Signature(
        rule="jvm.direct",
        runtime=RUNTIME,
        pattern=line_of(
            r"\bOutOfDirectMemoryError:\ failed\ to\ allocate\ \d{1,15}\ byte\(s\)\ of\ direct\ memory\ "
            r"\(used:\ \d{1,15},\ max:\ (?P<limit_bytes>\d{1,15})\)"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Netty's direct buffers reached their cap of {limit_bytes}."),
        fix=RAISE_DIRECT,
    ),
    Signature(
        rule="jvm.direct",
        runtime=RUNTIME,
        pattern=line_of(
            ERROR + r"(?:Direct\ buffer\ memory|Cannot\ reserve\ \d{1,15}\ bytes\ of\ direct\ buffer\ memory)"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Java's direct buffers reached their cap."),
        fix=RAISE_DIRECT,
    ),
    Signature(
        rule="jvm.threads",
        runtime=RUNTIME,
        pattern=line_of(ERROR + r"unable\ to\ create\ (?:new\ )?native\ thread"),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("Java could not start another thread."),
        fix=mark(
            "Bound the thread pools or raise the limit of processes (ECS_TASK_PIDS_LIMIT, nproc); do not raise memory."
        ),
    ),
    Signature(
        rule="jvm.pthread_eagain",
        runtime=RUNTIME,
        pattern=line_of(r"\bpthread_create\ failed\ \(EAGAIN\)"),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("The system refused Java another thread."),
        fix=mark(
            "Bound the thread pools or raise the limit of processes (ECS_TASK_PIDS_LIMIT, nproc); do not raise memory."
        ),
    ),
    Signature(
        rule="jvm.pthread_eagain",
        runtime=RUNTIME,
        pattern=line_of(r"\bpthread_create\ failed\ \(ENOMEM\)"),
        cause=CauseClass.NATIVE,
        memory_helps=None,
        words=mark("There was no memory left for another Java thread's stack."),
        fix=mark("Use fewer threads, lower -Xmx or -Xss, or raise the container's memory."),
    ),
    Signature(
        rule="jvm.exit",
        runtime=RUNTIME,
        pattern=line_of(r"\bTerminating\ due\ to\ java\.lang\.OutOfMemoryError:\ (?P<what>" + HEAP + ")"),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("Java ended itself (ExitOnOutOfMemoryError): {what}."),
        fix=RAISE_HEAP,
    ),
    Signature(
        rule="jvm.exit",
        runtime=RUNTIME,
        pattern=line_of(
            r"\bTerminating\ due\ to\ java\.lang\.OutOfMemoryError:\ (?!" + HEAP + r")(?P<what>[^\n]{1,80})"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Java ended itself (ExitOnOutOfMemoryError): {what}."),
        fix=mark("Cure what the message names; the container's memory alone will not help."),
    ),
    Signature(
        rule="jvm.crash",
        runtime=RUNTIME,
        pattern=line_of(
            r"\b(?:Aborting\ due\ to\ java\.lang\.OutOfMemoryError|fatal\ error:\ OutOfMemory\ encountered)"
            r":\ (?P<what>" + HEAP + ")"
        ),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("Java aborted itself (CrashOnOutOfMemoryError): {what}."),
        fix=RAISE_HEAP,
    ),
    Signature(
        rule="jvm.crash",
        runtime=RUNTIME,
        pattern=line_of(
            r"\b(?:Aborting\ due\ to\ java\.lang\.OutOfMemoryError|fatal\ error:\ OutOfMemory\ encountered)\b"
            r"(?!:\ " + HEAP + ")"
        ),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Java aborted itself (CrashOnOutOfMemoryError)."),
        fix=mark("Cure what the message names; the container's memory alone will not help."),
    ),
    Signature(
        rule="jvm.native",
        runtime=RUNTIME,
        pattern=line_of(
            r"""There\ is\ insufficient\ memory\ for\ the\ Java\ Runtime\ Environment\ to\ continue
              | Native\ memory\ allocation\ \((?:mmap|malloc)\)\ failed
              | ^\#\ {1,4}Out\ of\ Memory\ Error\ \(\w
              | \bos::commit_memory\([^\n]{0,80}\)\ failed\b
              | \bjava[./]lang[./]OutOfMemoryError:\ (?:Map\ failed|[^\n]{0,80}\bOut\ of\ swap\ space)"""
        ),
        cause=CauseClass.NATIVE,
        memory_helps=None,
        words=mark("Java found no memory outside its heap."),
        fix=mark(
            "Lower -Xmx or raise the container's memory: the heap leaves no room for threads, classes and buffers."
        ),
    ),
    Signature(
        rule="jvm.reserve",
        runtime=RUNTIME,
        pattern=line_of(
            r"""\bCould\ not\ (?:reserve\ enough\ space\b|allocate\ (?:compressed\ class\ space|metaspace)\b)
              | \bUnable\ to\ allocate\ \d{1,15}KB\ bitmaps\b"""
        ),
        cause=CauseClass.CONFIG,
        memory_helps=False,
        words=mark("Java could not start: it asks for more memory than it may have."),
        fix=mark("Lower -Xmx or lift the ulimit on memory."),
    ),
    Signature(
        rule="spark.container",
        runtime="Spark",
        pattern=line_of(
            r"""\bContainer\ killed\ by\ YARN\ for\ exceeding\ (?:physical\ |virtual\ )?memory\ limits
              | \bExecutorLostFailure\b[^\n]{0,300}?(?:\b137\b|OOM)
              | \bexited\ with\ exit\ code\ 137\ ?\(SIGKILL
              | \b(?:beyond|exceeding)\ (?:the\ )?'?physical'?\ memory\ limits?\b""",
            re.IGNORECASE,
        ),
        cause=CauseClass.NATIVE,
        memory_helps=False,
        words=mark("A Spark executor used more memory than its container may."),
        fix=mark("Raise spark.executor.memoryOverhead."),
    ),
    Signature(
        rule="es.breaker",
        runtime="Elasticsearch/OpenSearch",
        pattern=line_of(
            r"\[parent\]\ Data\ too\ large,\ data\ for"
            r"|(?:CircuitBreakingException|circuit_breaking_exception)\b[^\n]{0,60}?\[\w{1,30}\]\ Data\ too\ large"
        ),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("The search engine refused a request to keep its heap from running out."),
        fix=mark(
            "Raise the heap in ES_JAVA_OPTS to half of the container's memory, and both if that is too little."
        ),
    ),
)
