"""Tracing: spans of what is done, for who switched them on; without that nothing of OpenTelemetry is loaded."""
