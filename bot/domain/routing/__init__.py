"""Routing: which channel and which people an incident belongs to."""
