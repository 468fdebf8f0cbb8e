"""The drawing wing: pictures as PNG; the only place that knows the drawing library, which is loaded when first needed."""
