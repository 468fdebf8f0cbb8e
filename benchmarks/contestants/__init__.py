"""Contestants: other endpoints for SNS, as small as people write them, measured beside ours."""
