"""Python signatures: refused allocations, refused threads, and workers that were killed while their parent lives."""

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

ARRAY = r"\bUnable\ to\ allocate\ (?P<size>[\d.]{1,12}\ "
WANTED = r"\ for\ an\ array\ with\ shape"

SIGNATURES = (
    Signature(
        rule="py.numpy_size",
        runtime="Python",
        pattern=line_of(ARRAY + r"[TPEZY]iB)" + WANTED),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("The program asked for one array of {size}."),
        fix=mark("Correct the code or bound its input: no container has {size}."),
    ),
    Signature(
        rule="py.numpy_size",
        runtime="Python",
        pattern=line_of(ARRAY + r"(?:[KMG]iB|bytes|B))" + WANTED),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("An array of {size} did not fit any more."),
        fix=mark("Raise the limit by more than {size}, or work in chunks."),
    ),
    Signature(
        rule="py.memoryerror",
        runtime="Python",
        pattern=line_of(
            r"""(?: ^\s{0,8}(?:\[[^\]\n]{0,60}\]\s?){0,3} | [\]:|>-]\s{0,3} | \b(?:ERROR|CRITICAL|FATAL)\s{1,4} | [("'] )
                (?<!\bexcept\ ) (?:[A-Za-z_]\w{0,40}\.){0,6} (?:_Array|Arrow)?MemoryError (?= $ | : | \( | \) | ['"]{0,2}\s{0,4}$ )
              | \bDefaultCPUAllocator:\ (?:can't|not\ enough|cannot)\b"""
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("Python was refused memory."),
        fix=mark("If the size it asked for is absurd fix the code, else raise the limit."),
    ),
    Signature(
        rule="py.thread",
        runtime="Python",
        pattern=line_of(r"\bcan't\ start\ new\ thread\b"),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("Python could not start another thread."),
        fix=mark("Look for a leak of threads or raise the limit of processes; memory will not help."),
    ),
    Signature(
        rule="gunicorn.sigkill",
        runtime="gunicorn",
        pattern=line_of(
            r"\bWorker\ (?:\(pid:\ ?|with\ pid\ )(?P<pid>\d{1,10})\)?\ "
            r"was\ (?:sent\ SIGKILL!|terminated\ due\ to\ signal\ 9\b)"
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("gunicorn's worker {pid} was killed while the container lived on."),
        fix=mark("Run fewer workers or raise the memory limit; --max-requests helps against a leak."),
    ),
    Signature(
        rule="gunicorn.timeout",
        runtime="gunicorn",
        pattern=line_of(r"\bWORKER\ TIMEOUT\ \(pid:\ ?(?P<pid>\d{1,10})\)"),
        cause=CauseClass.LOOKALIKE,
        memory_helps=False,
        words=mark("gunicorn ended worker {pid} because it did not answer in time."),
        fix=mark("Look for slow requests; it is memory only if use was close to the limit."),
    ),
    Signature(
        rule="celery.lost",
        runtime="celery",
        pattern=line_of(
            r"""\bWorkerLostError\b[^\n]{0,120}?(?:\bsignal\ 9\b|SIGKILL|\bexitcode\ (?:-9|137)\b)
              | \bWorker\ exited\ prematurely:\ signal\ 9\b
              | \bexited\ with\ ['"]signal\ 9\b"""
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("A celery worker process was killed while the container lived on."),
        fix=mark("Lower --concurrency, set --max-memory-per-child, or raise the memory limit."),
    ),
    Signature(
        rule="py.brokenpool",
        runtime="Python",
        pattern=line_of(
            r"""\bBrokenProcessPool:\ A\ (?:process\ in\ the\ process\ pool\ was|child\ process)\ terminated\ abruptly
              | \bTerminatedWorkerError:\ A\ worker\ process\ managed\ by\ the\ executor\ was\ unexpectedly\ terminated"""
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=None,
        words=mark("A process of a Python pool was killed."),
        fix=mark("Look at the memory history; near the limit run fewer processes or raise the limit."),
    ),
    Signature(
        rule="py.dataloader_shm",
        runtime="PyTorch",
        pattern=line_of(r"\bDataLoader\ worker\ [^\n]{0,80}?\bkilled\ by\ signal:\ Killed"),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("A DataLoader worker was killed."),
        fix=mark("Use fewer DataLoader workers or raise the memory limit."),
    ),
    Signature(
        rule="py.dataloader_shm",
        runtime="PyTorch",
        pattern=line_of(
            r"""\bDataLoader\ worker\ [^\n]{0,80}?\bkilled\ by\ signal:\ Bus\ error
              | \bworkers\ are\ out\ of\ shared\ memory
              | \bUnexpected\ bus\ error\ encountered\ in\ worker"""
        ),
        cause=CauseClass.SHM,
        memory_helps=False,
        words=mark("Shared memory (/dev/shm) is full: a DataLoader worker died of it."),
        fix=mark(
            "Raise sharedMemorySize on EC2, mount a tmpfs on /dev/shm on Fargate, or set num_workers=0."
        ),
    ),
)
