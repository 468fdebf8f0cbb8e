"""Managed signatures: .NET and the Erlang machine."""

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="dotnet.oom",
        runtime=".NET",
        pattern=line_of(r"\bSystem\.OutOfMemoryException:\ Array\ dimensions\ exceeded\ supported\ range"),
        cause=CauseClass.CODE_BUG,
        memory_helps=False,
        words=mark("The .NET program asked for an array larger than .NET can make."),
        fix=mark("Correct the code or bound its input; do not raise memory."),
    ),
    Signature(
        rule="dotnet.oom",
        runtime=".NET",
        pattern=line_of(
            r"""\bSystem\.(?:OutOfMemoryException|InsufficientMemoryException)(?: : | '\ was\ thrown | ['"\s]{0,3}$ )
              | ^\s{0,8}Out\ of\ memory\.\s{0,8}$
              | \bGC\ heap\ initialization\ failed
              | \bFailed\ to\ create\ CoreCLR,\ HRESULT:\ 0x8007000E"""
        ),
        cause=CauseClass.HEAP_CAP,
        memory_helps=False,
        words=mark("The .NET heap reached its cap (75 % of the limit where none is set)."),
        fix=mark("Raise DOTNET_GCHeapHardLimit (it is hexadecimal) together with the container's memory."),
    ),
    Signature(
        rule="beam.alloc",
        runtime="Erlang/BEAM",
        pattern=line_of(
            r"\b\w{1,40}_alloc:\ Cannot\ (?:re)?allocate\ (?P<size_bytes>\d{1,15})\ bytes\ of\ memory\b"
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The Erlang machine was refused {size_bytes} and ended."),
        fix=mark("Bound the large process (max_heap_size), then raise the limit."),
    ),
    Signature(
        rule="beam.maxheap",
        runtime="Erlang/BEAM",
        pattern=line_of(r"\bmaximum\ heap\ size\ reached\b"),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("One Erlang process reached its max_heap_size and was ended."),
        fix=mark("Look at that process; the container needs no change."),
    ),
)
