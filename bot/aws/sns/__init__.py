"""The SNS wing: which deliveries are really from our topics."""
