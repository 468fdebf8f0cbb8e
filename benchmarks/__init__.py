"""Benchmarks: what the bot does in a second, beside others in the same run; `make bench` prints the tables."""
