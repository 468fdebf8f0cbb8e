"""Versions: the steps, by number."""
