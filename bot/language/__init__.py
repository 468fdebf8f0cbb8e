"""Languages: the catalogs of sentences in other languages than English, one file an area (docs/languages.md)."""
