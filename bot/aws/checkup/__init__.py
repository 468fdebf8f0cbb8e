"""Checkups: AWS's part of them: who we are there, what we may, whether events can come. Reading only."""
