"""Sizing: how much memory is enough, how surely, and what it costs."""
