"""Inspections: what can be known of a fleet's memory before anything is killed."""
