"""Knobs: settings of runtimes that must fit the limit."""
