"""Command metrics: what people ask for, and how it went."""

from prometheus_client import CollectorRegistry, Counter


class CommandMetrics:
    """Counts commands and clicks; results are ok, unavailable (the store) and failed (our fault)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._commands = Counter(
            "oomguard_commands",  # the client appends _total
            "Commands and clicks of people, by verb and result.",
            ("verb", "result"),
            registry=registry,
        )

    def count(self, verb: str, result: str) -> None:
        """One more."""
        self._commands.labels(verb, result).inc()
