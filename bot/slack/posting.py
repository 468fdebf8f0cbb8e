"""Posting to Slack: the only place that calls Slack's writing APIs for channels; for bot.reconcile alone."""
