"""Migrations: each step of the schema, frozen; written so that the program of the step before still runs on it."""
