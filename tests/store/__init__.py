"""The store's tests: each noun by one contract, on SQLite and on PostgreSQL."""
