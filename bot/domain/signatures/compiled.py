"""Compiled signatures: what programs in Go, Rust and C++ say when memory or threads are refused."""

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="go.oom",
        runtime="Go",
        pattern=line_of(
            r"""\bfatal\ error:\ (?:runtime:\ )?(?:out\ of\ memory|cannot\ allocate\ (?:memory|heap\ metadata)
                  |failed\ to\ reserve\ page\ summary\ memory|cannot\ map\ pages)
              | \bruntime:\ (?:out\ of\ memory:\ cannot\ allocate\ \d{1,20}-byte\ block|cannot\ map\ pages\ in\ arena)"""
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The system refused the Go program memory."),
        fix=mark("Set GOMEMLIMIT to 90 % of the limit; if it is set already, raise both."),
    ),
    Signature(
        rule="go.threads",
        runtime="Go",
        pattern=line_of(
            r"\bruntime:\ failed\ to\ create\ new\ OS\ thread\ \(have\ (?P<count>\d{1,9})\ already\b"
            r"(?!;\ errno=12\b)"
        ),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("The Go program could not start another thread; it had {count}."),
        fix=mark("Look for calls that block threads, or raise the limit of processes; memory will not help."),
    ),
    Signature(
        rule="go.threads",
        runtime="Go",
        pattern=line_of(
            r"""\bruntime:\ failed\ to\ create\ new\ OS\ thread | \bfatal\ error:\ (?:runtime\.)?newosproc
              | \bfatal\ error:\ thread\ exhaustion | \bprogram\ exceeds\ \d{1,9}-thread\ limit
              | \bpthread_create\ failed:\ Resource\ temporarily\ unavailable"""
        ),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("The Go program could not start another thread."),
        fix=mark("Look for calls that block threads, or raise the limit of processes; memory will not help."),
    ),
    Signature(
        rule="go.stack",
        runtime="Go",
        pattern=line_of(r"\bgoroutine\ stack\ exceeds\ (?P<limit_bytes>\d{1,15})-byte\ limit"),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("One goroutine's stack reached its cap of {limit_bytes}: endless recursion."),
        fix=mark("End the recursion; memory will not help."),
    ),
    Signature(
        rule="rust.alloc",
        runtime="Rust",
        pattern=line_of(r"\bmemory\ allocation\ of\ (?P<size>\d{13,20})\ bytes\ failed"),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("The Rust program asked for {size} bytes at once."),
        fix=mark("Correct the code or bound its input: no container has that much."),
    ),
    Signature(
        rule="rust.alloc",
        runtime="Rust",
        pattern=line_of(r"\bmemory\ allocation\ of\ (?P<size_bytes>\d{1,12})\ bytes\ failed"),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The Rust program was refused {size_bytes}."),
        fix=mark("Raise the limit by more than {size_bytes}."),
    ),
    Signature(
        rule="cpp.bad_alloc",
        runtime="C++",
        pattern=line_of(
            r"\bstd::bad_array_new_length\b|\binstance\ of\ '(?:std::length_error|St12length_error)"
        ),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("The C++ program asked for an impossible size."),
        fix=mark("Correct the code or bound its input; memory will not help."),
    ),
    Signature(
        rule="cpp.bad_alloc",
        runtime="C++",
        pattern=line_of(r"\bstd::bad_alloc\b|\bSt9bad_alloc\b"),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The C++ program was refused memory."),
        fix=mark("Raise the limit, or lift a ulimit on memory."),
    ),
)
