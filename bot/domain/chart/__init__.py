"""Charts: what a picture of memory shows, before anything is drawn."""
