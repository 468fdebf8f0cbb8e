"""Alerts: an incident's story, in plain words."""
