"""Policy: what people may do where, and when nobody may."""
