"""A strict Slack on loopback: one workspace, one app, Slack's own limits and error strings."""
