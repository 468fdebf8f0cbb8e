"""Checkups: whether everything is there that OOM Guard needs."""
