"""Resizes: from an agreed plan to its proof or its way back, step by step."""
