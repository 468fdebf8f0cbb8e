"""Signatures: the last words of runtimes that ran out of something."""
