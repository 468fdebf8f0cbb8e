"""Telling: sentences in the language that is spoken, lists in them, and what must not be told."""
