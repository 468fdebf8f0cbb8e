"""Incidents: kills that belong together, their notices, calls and storms."""
