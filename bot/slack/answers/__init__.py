"""Answers to `/oom`: pure functions, domain values in, an Answer out."""
