"""In force: which reading of the settings a process works by, and whether a newer one could not be worked with."""

from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from bot.configuration.fault import Fault


@dataclass(slots=True)
class InForce:
    """`since` is when the settings in force were read; `faults` are those of a newer reading, if it has any."""

    since: datetime
    faults: tuple[Fault, ...] = ()

    def since_s(self) -> float:
        """`since` as Prometheus has it: seconds since 1970."""
        return self.since.timestamp()

    def is_broken(self) -> bool:
        """Whether a newer reading cannot be worked with."""
        return bool(self.faults)

    def remarks(self) -> dict[str, str]:
        """What /readyz tells: strangers read it, so how many faults there are and not what they are."""
        if not self.faults:
            return {}
        so_many = f"{len(self.faults)} fault{'' if len(self.faults) == 1 else 's'}"
        return {
            "configuration": f"broken ({so_many}, see the log); in force since {self.since:%Y-%m-%dT%H:%M:%SZ}"
        }


class ConfigurationMetrics:
    """Two gauges, as other programs that read their files again have them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.broken = Gauge(
            "oomguard_configuration_broken",
            "1 while the configuration cannot be worked with and an earlier one is in force.",
            registry=registry,
        )
        self.in_force_since = Gauge(
            "oomguard_configuration_in_force_timestamp_seconds",
            "When the settings in force were read.",
            registry=registry,
        )

    def follow(self, in_force: InForce) -> None:
        """Tell of this from now on."""
        self.broken.set_function(in_force.is_broken)
        self.in_force_since.set_function(in_force.since_s)
