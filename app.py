"""OOM Guard's composition root and command line."""
