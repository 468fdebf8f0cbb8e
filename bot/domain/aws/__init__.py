"""AWS: its names, worlds, sizes and prices, as plain values."""
