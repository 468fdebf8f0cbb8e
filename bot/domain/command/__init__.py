"""Commands: what people type after `/oom`."""
