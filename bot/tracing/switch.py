"""The switch: whether OpenTelemetry's own environment variables ask for traces, and the tracer that they ask for."""

import importlib.util
from collections.abc import Mapping

from bot.tracing.tracer import UNTRACED, Tracer

__all__ = ["TracingRefused", "build_tracer", "is_wanted"]

_TARGETS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"


class TracingRefused(ValueError):
    """Traces are asked for in a way that cannot be; says what to do."""


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether traces are asked for: a place to send them to, or OTEL_TRACES_EXPORTER=otlp.

    As https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ has it, but for the default:
    without any of them nothing is traced. Raises TracingRefused for an exporter or a protocol that is not here.
    """
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return False
    if exporter not in ("", "otlp"):
        raise TracingRefused(f"OTEL_TRACES_EXPORTER: otlp or none, not {exporter[:40]}")
    if not exporter and not any(environment.get(name) for name in _TARGETS):
        return False
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), _PROTOCOL)
    if protocol != _PROTOCOL:
        raise TracingRefused(
            f"OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent by {_PROTOCOL}, not {protocol[:40]}"
        )
    return True


def build_tracer(environment: Mapping[str, str]) -> Tracer:
    """The tracer that is asked for. Raises TracingRefused where the packages for it are not installed."""
    if not is_wanted(environment):
        return UNTRACED
    if importlib.util.find_spec("opentelemetry") is None:
        raise TracingRefused(
            "OTEL_… settings ask for traces, and the packages for them are not installed: "
            "pip install --require-hashes -r requirements-otel.txt, or set OTEL_TRACES_EXPORTER=none"
        )
    from bot.tracing.otel import over_http  # noqa: PLC0415 - some MiB that only who wants traces shall pay

    return over_http()
