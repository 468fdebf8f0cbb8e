"""Diagnosis: the evidence and what its numbers show."""
