"""Logs: structured lines on standard output, ours and those of the libraries, JSON for machines or text for people."""

import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from bot.concealing import Concealing

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, level: str, as_json: bool, secrets: Iterable[str] = ()) -> Concealing:
    """Set up structlog for this process, and the standard library's logging to say its lines the same way.

    No line tells one of the `secrets`, whatever error, library or input brought it there; what is given back can learn
    more of them.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    concealing = Concealing(secrets)
    last: list[Processor] = [*_last(as_json=as_json), concealing]
    structlog.configure(
        processors=[*_SHARED, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
    theirs = logging.StreamHandler(sys.stdout)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    named = [structlog.stdlib.add_logger_name, *_SHARED]
    theirs.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=named, processors=processors))
    # Their debug lines hold tokens and payloads.
    logging.basicConfig(handlers=[theirs], level=max(number, logging.WARNING), force=True)
    return concealing


def _last(*, as_json: bool) -> list[Processor]:
    """Without locals in tracebacks: they hold tokens."""
    if not as_json:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    tracebacks = ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer()]
