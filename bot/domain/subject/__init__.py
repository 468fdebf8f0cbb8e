"""Subjects: what is talked about, how it is named, typed and muted."""
