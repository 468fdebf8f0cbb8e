"""Tools: what is run to make documents and catalogs; nothing of it is installed."""
