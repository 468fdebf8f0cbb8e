"""Kills: what ended and why, from what ECS, Batch and CloudWatch tell."""
