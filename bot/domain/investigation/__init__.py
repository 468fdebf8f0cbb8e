"""Investigation: from all evidence to what happened, what runs out, and what would mend it."""
