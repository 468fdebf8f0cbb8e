"""Plans: everything that a resize would change, before it does."""
