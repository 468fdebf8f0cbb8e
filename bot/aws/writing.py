"""Writing to AWS: the only place that calls an API which changes something there; for bot.reconcile alone."""
